using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Flows.Tests.Architecture;

/// <summary>Rules of docs/architecture.md that the compiler does not hold. Each was seen to fail on a planted violation.</summary>
public sealed partial class HouseRules
{
    private static readonly string[] Sources = ["activities", "orchestrator", "designer", "tests"];

    [Theory]
    [InlineData("activities/Contract/Flows.Contract.csproj", new string[0])]
    [InlineData("activities/Library/Flows.Library.csproj", new[] { "Flows.Contract" })]
    [InlineData("orchestrator/Engine/Flows.Engine.csproj", new[] { "Flows.Contract" })]
    [InlineData("orchestrator/ModelServer/Flows.ModelServer.csproj", new[] { "Flows.Contract" })]
    [InlineData("designer/Flows.Designer.csproj", new[] { "Flows.Contract" })]
    [InlineData("orchestrator/Hub/Flows.Hub.csproj", new[] { "Flows.Contract", "Flows.Library", "Flows.Engine", "Flows.Designer", "Flows.ModelServer" })]
    public void A_project_refers_only_to_those_below_it(string project, string[] allowed)
    {
        var references = References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

        Assert.Empty(references.Except(allowed));
    }

    // The first load of / has a budget of 3 MB. Generated expressions need little of the library.
    [Theory, InlineData("activities/Contract"), InlineData("designer")]
    public void What_the_browser_loads_makes_no_regular_expression_at_run_time(string folder)
    {
        var made = new Regex(@"\bnew Regex\(|\bRegex\.[A-Z]");

        Assert.DoesNotContain(SourceTree.Files(folder, ".cs").Concat(SourceTree.Files(folder, ".razor")), file => Code(file).Any(made.IsMatch));
    }

    [Fact]
    public void The_contract_needs_no_package_but_Cronos() => Assert.Equal(["Cronos"], References("activities/Contract/Flows.Contract.csproj", "PackageReference"));

    [Theory]
    [InlineData("activities/Contract", "Microsoft.AspNetCore|System.Net.Http|Microsoft.EntityFrameworkCore|System.IO.File")]
    [InlineData("activities/Library", "Microsoft.AspNetCore|Microsoft.EntityFrameworkCore|Flows.Hub")]
    [InlineData("orchestrator/Engine", "Microsoft.AspNetCore|System.Net.Http|Microsoft.EntityFrameworkCore|Microsoft.Data.Sqlite|System.IO|Flows.Library|Flows.Hub")]
    [InlineData("orchestrator/ModelServer", "Flows.Hub|Flows.Engine")]
    public void A_layer_does_not_reach_past_its_own(string folder, string forbidden)
    {
        var words = new Regex($@"\b({forbidden.Replace(".", @"\.", StringComparison.Ordinal)})\b");

        Assert.DoesNotContain(SourceTree.Files(folder, ".cs"), file => Code(file).Any(words.IsMatch));
    }

    [Fact]
    public void There_are_no_projects_beyond_the_house_plan() => Assert.Equal(8,
        Sources.SelectMany(folder => SourceTree.Files(folder, ".csproj")).Count());

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        Assert.DoesNotContain(Types(), type => EmptyWords().IsMatch(type.Name));

    [Fact]
    public void No_type_is_called_Activity() =>
        Assert.DoesNotContain(Types(), type => type.Name is "Activity" or "Base" or "Common");

    // What people write is drawn as text: Razor encodes it, as long as nobody hands it over as markup.
    [Fact]
    public void The_designer_draws_text_and_never_markup()
    {
        var markup = new Regex(@"MarkupString|AddMarkupContent|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(");

        Assert.DoesNotContain(SourceTree.Files("designer", ".cs", ".razor", ".js").Where(file => !file.StartsWith("designer/code-editor/", StringComparison.Ordinal)), file => markup.IsMatch(SourceTree.Read(file)));
    }

    [Fact]
    public void No_folder_is_a_bucket() => Assert.DoesNotContain(Sources.SelectMany(folder => SourceTree.Files(folder, ".cs", ".razor")),
        file => file.Split('/').SkipLast(1).Any(part => part is "Common" or "Utils" or "Helpers" or "Services" or "Interfaces" or "Dtos" or "Managers"));

    // Models of migrations are written by the tool and grow with the tables.
    [Fact]
    public void No_file_is_longer_than_500_lines() => Assert.DoesNotContain(Sources.SelectMany(folder => SourceTree.Files(folder, ".cs", ".razor", ".js", ".py")),
        file => !file.Contains("Migrations/", StringComparison.Ordinal) && SourceTree.Read(file).AsSpan().Count('\n') > 500);

    [Fact]
    public void Engine_and_contract_do_not_look_at_the_clock() => Assert.DoesNotContain(
        new[] { "orchestrator/Engine", "activities/Contract" }.SelectMany(folder => SourceTree.Files(folder, ".cs")),
        file => Code(file).Any(line => line.Contains("Stopwatch", StringComparison.Ordinal) || line.Contains("Environment.TickCount", StringComparison.Ordinal)));

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Parse(SourceTree.Read(project)).Descendants(kind).Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> Code(string file) =>
        SourceTree.Read(file).Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));

    private static IEnumerable<(string Name, string File)> Types() =>
        from folder in Sources
        from file in SourceTree.Files(folder, ".cs")
        from line in Code(file)
        from Match match in Declaration().Matches(line)
        select (match.Groups[1].Value, file);

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|file)\s+)*(?:class|record(?:\s+(?:class|struct))?|struct|interface|enum)\s+(\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Service|Base|Impl|Dto)$")]
    private static partial Regex EmptyWords();
}
