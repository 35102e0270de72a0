using System.Text.Json.Nodes;
using Flows.Contract.Activities;
using Flows.Contract.Checks;
using Flows.Contract.Definitions;
using Flows.Tests.Engine;
using Flows.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Flows.Tests.Engine.FlowBuilder;

namespace Flows.Tests.Contract;

public sealed class FlowChecksTests
{
    private static readonly ActivityCatalog Catalog = new([.. EngineActivities.Descriptors, .. DataActivities()]);

    private static IEnumerable<ActivityDescriptor> DataActivities() =>
    [
        new() { Type = "Test.Source", DisplayName = "Source", Outputs = [new("table", "Table", "Table"), new("model", "Model", "Model")] },
        new()
        {
            Type = "Test.Train", DisplayName = "Train",
            Inputs =
            [
                new("rows", "Rows", "Table") { IsPort = true, Required = true },
                new("share", "Share", "Double") { Minimum = 0, Maximum = 1 },
                new("how", "How", "String") { Choices = ["fast", "careful"] },
            ],
        },
    ];

    [Fact]
    public void A_sound_flow_has_no_problem() => Assert.Empty(Check(Chained()));

    [Fact]
    public void An_unknown_activity_is_named_with_the_nearest_one()
    {
        var problem = Single(new FlowBuilder().Chain(Line("a"), Activity("b", "Elsa.WriteLin")), "unknown-activity", "b");

        Assert.Contains("Did you mean 'Elsa.WriteLine'?", problem.Fix);
    }

    [Fact]
    public void Two_activities_of_one_id_are_an_error() => Single(new FlowBuilder().Add(Line("a"), Line("a")), "duplicate-id", "a");

    [Fact]
    public void A_required_input_must_be_there()
    {
        var problem = Single(new FlowBuilder().Chain(Line("a"), Activity("t", "Test.Train")), "missing-input", "t");

        Assert.Equal("rows", problem.Field);
    }

    [Theory]
    [InlineData("share", "much", "mistyped-input")]
    [InlineData("share", "2", "out-of-range")]
    [InlineData("how", "badly", "mistyped-input")]
    [InlineData("rows", "a.csv", "mistyped-input")]
    public void A_literal_must_fit_its_input(string field, string value, string code)
    {
        var train = Activity("t", "Test.Train", ("rows", FlowInput.Wrap("Table", "JavaScript", "getX()")));
        train[field] = FlowInput.Literal("String", value);

        Assert.Equal(field, Single(new FlowBuilder().Add(train), code, "t").Field);
    }

    [Theory]
    [InlineData("CSharp", "csharp-off")]
    [InlineData("Secret", "secret-misplaced")]
    [InlineData("Perl", "unknown-expression")]
    public void An_expression_must_be_of_a_kind_that_runs(string kind, string code) =>
        Single(new FlowBuilder().Add(Activity("a", "Elsa.WriteLine", ("text", FlowInput.Wrap("String", kind, "x")))), code, "a");

    [Fact]
    public void The_condition_of_a_case_is_checked_too() => Assert.Equal("cases[X]", Single(new FlowBuilder().Add(
        Activity("a", "Elsa.FlowSwitch", ("cases", new JsonArray(new JsonObject { ["label"] = "X", ["condition"] = new JsonObject { ["type"] = "CSharp", ["value"] = "true" } })))), "csharp-off", "a").Field);

    [Theory]
    [InlineData("0 25 * * *", true)]
    [InlineData("whenever", true)]
    [InlineData("0 6 * * 1", false)]
    [InlineData("0 0 6 * * 1", false)]
    public void A_cron_expression_has_five_or_six_fields(string cron, bool isBad)
    {
        var problems = Check(new FlowBuilder().Add(Activity("c", "Elsa.Cron", ("cronExpression", FlowInput.Literal("String", cron)))));

        Assert.Equal(isBad, problems.Any(problem => problem is { Code: "bad-cron", ActivityId: "c" }));
    }

    [Fact]
    public void A_variable_must_exist() => Single(new FlowBuilder().Add(Activity("a", "Elsa.WriteLine", ("text", Reads("gone")))), "unknown-variable", "a");

    [Fact]
    public void A_variable_of_another_container_is_out_of_reach()
    {
        var inner = Sequence("s", Line("x"));
        inner["variables"] = new JsonArray(FlowVariable.New("v", "v", "Object").Json);

        var problem = Single(new FlowBuilder().Chain(inner, Activity("a", "Elsa.WriteLine", ("text", Reads("v")))), "unknown-variable", "a");

        Assert.Contains("another container", problem.Message);
    }

    [Fact]
    public void A_parameter_must_be_declared() => Single(new FlowBuilder().Add(Activity("a", "Elsa.WriteLine", ("text", FlowInput.Wrap("String", "Input", "gone")))), "unknown-parameter", "a");

    [Fact]
    public void An_output_must_go_into_something() => Single(new FlowBuilder().Add(Source("s", "table", "gone")), "dangling-wire", "s");

    [Fact]
    public void Port_types_must_fit()
    {
        var problem = Single(new FlowBuilder().Variable("v").Chain(Source("s", "model", "v"), Train("t", "v")), "wire-type", "t");

        Assert.Contains("takes Table", problem.Message);
    }

    [Fact]
    public void A_reader_must_come_after_its_writer() =>
        Single(new FlowBuilder().Variable("v").Chain(Train("t", "v"), Source("s", "table", "v")), "read-before-write", "t");

    [Fact]
    public void A_reader_beside_its_writer_is_no_better() =>
        Single(new FlowBuilder().Variable("v").Add(Line("a"), Train("t", "v"), Source("s", "table", "v")).Wire("a", "t").Wire("a", "s"), "read-before-write", "t");

    [Fact]
    public void A_reader_deep_in_a_later_container_is_fine()
    {
        var loop = Activity("loop", "Elsa.While", ("body", Sequence("body", Train("t", "v"))));

        Assert.DoesNotContain(Check(new FlowBuilder().Variable("v").Chain(Source("s", "table", "v"), loop)), problem => problem.Code == "read-before-write");
    }

    [Fact]
    public void A_loop_brings_the_value_of_the_pass_before() => Assert.DoesNotContain(
        Check(new FlowBuilder().Variable("v").Chain(Line("a"), Train("t", "v"), Source("s", "table", "v"), Activity("d", "Elsa.FlowDecision")).Wire("d", "t", "True")),
        problem => problem.Code == "read-before-write");

    [Fact]
    public void A_port_that_reads_what_nothing_writes_is_an_error() => Single(new FlowBuilder().Variable("v").Chain(Line("a"), Train("t", "v")), "unwritten-variable", "t");

    [Fact]
    public void Two_writers_side_by_side_are_an_error() =>
        Single(new FlowBuilder().Variable("v").Add(Line("a"), Source("s", "table", "v"), Source("z", "table", "v")).Wire("a", "s").Wire("a", "z"), "concurrent-writers", "z");

    [Fact]
    public void Writers_of_two_ways_of_a_decision_are_fine() => Assert.DoesNotContain(
        Check(new FlowBuilder().Variable("v").Add(Activity("d", "Elsa.FlowDecision"), Source("s", "table", "v"), Source("z", "table", "v")).Wire("d", "s", "True").Wire("d", "z", "False")),
        problem => problem.Code == "concurrent-writers");

    [Fact]
    public void Passes_of_a_parallel_loop_must_not_share_a_variable()
    {
        var loop = Activity("loop", "Elsa.ParallelForEach", ("body", Source("s", "table", "v")));

        Single(new FlowBuilder().Variable("v").Add(loop), "concurrent-writers", "s");
    }

    [Fact]
    public void A_connection_needs_both_ends() => Single(new FlowBuilder().Add(Line("a")).Wire("a", "gone"), "dangling-connection", "a");

    [Fact]
    public void A_connection_leaves_at_a_port_that_exists() =>
        Assert.Contains("Done", Single(new FlowBuilder().Add(Line("a"), Line("b")).Wire("a", "b", "Left"), "unknown-port", "a").Fix);

    [Fact]
    public void A_connection_without_port_from_a_decision_is_never_followed() =>
        Single(new FlowBuilder().Add(Activity("d", "Elsa.FlowDecision"), Line("b")).Wire("d", "b", null), "unfollowed-connection", "d");

    [Fact]
    public void What_is_never_reached_is_a_warning() =>
        Assert.Equal(ProblemLevel.Warning, Single(new FlowBuilder().Add(Activity("s", "Elsa.Start"), Line("b"), Line("c")).Wire("s", "b"), "unreachable", "c").Level);

    [Fact]
    public void A_cycle_needs_a_way_in() =>
        Single(new FlowBuilder().Add(Activity("s", "Elsa.Start"), Line("b"), Line("c")).Wire("b", "c").Wire("c", "b"), "cycle-without-entry", "b");

    [Fact]
    public void A_loop_must_go_through_its_target() => Single(
        new FlowBuilder().Chain(Line("a"), Line("b"), Line("c"), Activity("d", "Elsa.FlowDecision")).Wire("a", "c").Wire("d", "b", "True"), "unsound-loop", "d");

    [Fact]
    public void A_real_loop_is_fine() => Assert.DoesNotContain(
        Check(new FlowBuilder().Chain(Line("a"), Line("b"), Line("c"), Activity("d", "Elsa.FlowDecision")).Wire("d", "b", "True")), problem => problem.Level == ProblemLevel.Error);

    [Fact]
    public void A_flow_without_a_beginning_is_a_warning() => Single(new FlowBuilder().Add(Line("a"), Line("b")).Wire("a", "b").Wire("b", "a"), "no-start", "a");

    [Fact]
    public void A_join_that_waits_for_both_ways_of_a_decision_can_never_be_passed()
    {
        var flow = new FlowBuilder().Add(Activity("d", "Elsa.FlowDecision"), Line("x"), Line("y"), Join("j", "WaitAll")).Wire("d", "x", "True").Wire("d", "y", "False").Wire("x", "j").Wire("y", "j");

        Assert.Contains("'d'", Single(flow, "impossible-join", "j").Message);
    }

    [Fact]
    public void A_join_of_parallel_branches_is_fine() => Assert.Empty(
        Check(new FlowBuilder().Add(Line("a"), Line("x"), Line("y"), Join("j", "WaitAll")).Wire("a", "x").Wire("a", "y").Wire("x", "j").Wire("y", "j")));

    [Fact]
    public void A_join_of_one_branch_joins_nothing() => Single(new FlowBuilder().Chain(Line("a"), Join("j", "WaitAll")), "lonely-join", "j");

    [Fact]
    public void In_token_mode_a_merge_of_exclusive_branches_waits_for_ever()
    {
        var merge = Line("j");
        merge["customProperties"] = new JsonObject { ["mergeMode"] = "Merge" };
        var flow = new FlowBuilder().Add(Activity("d", "Elsa.FlowDecision"), Line("x"), Line("y"), merge).Wire("d", "x", "True").Wire("d", "y", "False").Wire("x", "j").Wire("y", "j").Build();
        flow.Json["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = "TokenBased" };

        Assert.Contains(FlowChecks.Of(flow, Catalog), problem => problem is { Code: "token-merge", ActivityId: "j" });
    }

    [Theory]
    // One branch passes a decision that may end there, go elsewhere, or come back.
    [InlineData("TokenBased", null, true)]
    [InlineData("TokenBased", "z", true)]
    [InlineData("TokenBased", "s", false)]
    [InlineData("TokenBased", "b", false)]
    [InlineData("CounterBased", null, false)]
    public void In_token_mode_a_merge_must_not_wait_for_a_branch_that_may_end_before(string mode, string? otherwise, bool isBad)
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Line("s"), Line("a"), Activity("d", "Elsa.FlowDecision", ("condition", Js("Boolean", "variables.x"))), Line("b"), Line("z"), Join("j", "WaitAll"))
            .Wire("start", "s").Wire("s", "a").Wire("s", "d").Wire("d", "b", "True").Wire("a", "j").Wire("b", "j").Wire("j", "z");
        if (otherwise is not null) flow.Wire("d", otherwise, "False");

        var problems = FlowChecks.Of(InMode(flow, mode), Catalog);

        Assert.Equal(isBad, problems.Any(problem => problem is { Code: "token-merge", ActivityId: "j", Level: ProblemLevel.Warning }));
        Assert.DoesNotContain(problems, problem => problem.Level == ProblemLevel.Error);
    }

    [Theory]
    [InlineData("Converge", true)]
    [InlineData("Merge", false)]
    [InlineData("Stream", false)]
    public void In_token_mode_what_converges_must_not_be_led_back_to(string merge, bool isBad)
    {
        var head = Line("head");
        head["customProperties"] = new JsonObject { ["mergeMode"] = merge };
        var flow = new FlowBuilder().Chain(Line("a"), head, Activity("d", "Elsa.FlowDecision", ("condition", Js("Boolean", "variables.x")))).Wire("d", "head", "True");

        Assert.Equal(isBad, FlowChecks.Of(InMode(flow, "TokenBased"), Catalog).Any(problem => problem is { Code: "token-merge", ActivityId: "head" }));
    }

    [Theory]
    [InlineData("Elsa.FlowNode", null, true)]
    [InlineData("Elsa.Delay", null, false)]
    [InlineData("Elsa.Event", null, false)]
    [InlineData("Elsa.Fault", null, false)]
    [InlineData("Elsa.FlowDecision", "variables.x", false)]
    [InlineData("Elsa.FlowDecision", "true", true)]
    [InlineData("Elsa.FlowDecision", "false", false)]
    public void A_loop_needs_a_way_out_or_something_that_waits(string type, string? condition, bool isBad)
    {
        var turn = Activity("turn", type, ("timeSpan", FlowInput.Literal("TimeSpan", "00:01:00")), ("eventName", FlowInput.Literal("String", "e")), ("condition", condition is null ? null : Js("Boolean", condition)));
        var flow = new FlowBuilder().Chain(Activity("start", "Elsa.Start"), Line("a"), Line("b")).Add(turn, Line("out")).Wire("b", "turn").Wire("turn", "a", type == "Elsa.FlowDecision" ? "True" : "Done");
        if (type == "Elsa.FlowDecision") flow.Wire("turn", "out", "False");

        Assert.Equal(isBad, Check(flow).Any(problem => problem is { Code: "endless-loop", ActivityId: "a", Level: ProblemLevel.Warning }));
    }

    [Fact]
    public void A_loop_beside_a_way_out_of_the_same_port_goes_round_all_the_same() =>
        Single(new FlowBuilder().Chain(Activity("start", "Elsa.Start"), Line("a"), Line("b")).Add(Line("out")).Wire("b", "a").Wire("b", "out"), "endless-loop", "a");

    [Theory]
    [InlineData("true", "Elsa.WriteLine", true)]
    [InlineData("true", "Elsa.Break", false)]
    [InlineData("true", "Elsa.Delay", false)]
    [InlineData("variables.x", "Elsa.WriteLine", false)]
    public void A_while_needs_one_too(string condition, string inside, bool isBad)
    {
        var body = Sequence("body", Line("line"), Activity("inside", inside, ("timeSpan", FlowInput.Literal("TimeSpan", "00:01:00"))));

        Assert.Equal(isBad, Check(new FlowBuilder().Add(Activity("while", "Elsa.While", ("condition", Js("Boolean", condition)), ("body", body)))).Any(problem => problem is { Code: "endless-loop", ActivityId: "while" }));
    }

    [Theory]
    [InlineData("dangling-connection")]
    [InlineData("unknown-port")]
    [InlineData("cycle-without-entry")]
    [InlineData("unreachable")]
    [InlineData("lonely-join")]
    [InlineData("endless-loop")]
    public void What_Elsa_runs_all_the_same_is_a_warning(string code)
    {
        var flow = new FlowBuilder().Add(Activity("start", "Elsa.Start"), Line("a"), Line("b"), Line("c"), Line("d"), Line("alone"), Join("j", "WaitAll"), Line("x"), Line("y"))
            .Wire("start", "a").Wire("a", "b").Wire("b", "a").Wire("a", "gone").Wire("a", "x", "Left").Wire("c", "d").Wire("d", "c").Wire("start", "j").Wire("j", "y");

        Assert.All(Check(flow), problem => Assert.Equal(ProblemLevel.Warning, problem.Level));
        Assert.Contains(Check(flow), problem => problem.Code == code);
    }

    [Fact]
    public void A_flow_used_as_an_activity_must_exist()
    {
        var uses = new FlowBuilder().Add(Activity("w", "Child", ("workflowDefinitionId", "child"))).Build();
        var child = new FlowBuilder("child").Add(Line("a")).Build();
        var other = new FlowBuilder("other").Add(Line("a")).Build();

        Assert.Contains(FlowChecks.Of(uses, Catalog, [other]), problem => problem is { Code: "missing-flow", ActivityId: "w" });
        Assert.Empty(FlowChecks.Of(uses, Catalog, [child]));
        Assert.Empty(FlowChecks.Of(uses, Catalog));
    }

    [Fact]
    public void An_empty_flow_is_a_warning() => Single(new FlowBuilder(), "empty-flow", "chart");

    [Fact]
    public void A_flow_needs_a_root() => Assert.Equal("no-root", Assert.Single(FlowChecks.Of(new FlowDefinition([]), Catalog)).Code);

    [Fact]
    public void Every_problem_is_found_at_once()
    {
        var problems = Check(new FlowBuilder().Chain(Activity("t", "Test.Train"), Activity("u", "Nothing")).Wire("u", "gone"));

        Assert.Equal(["dangling-connection", "missing-input", "unknown-activity"], problems.Select(problem => problem.Code).Order());
        Assert.All(problems, problem => Assert.True(problem.Fix.Length > 0 && problem.ActivityId is not null));
    }

    [Theory]
    [MemberData(nameof(ElsaFiles.All), MemberType = typeof(ElsaFiles))]
    public void What_Elsa_publishes_has_no_error(string file)
    {
        var problems = FlowChecks.Of(FlowFile.ReadOne(ElsaFiles.Text(file)), Catalog);

        // C#, and secrets where they would be kept, are what Flows does not run.
        Assert.DoesNotContain(problems, problem => problem.Level == ProblemLevel.Error && problem.Code is not ("csharp-off" or "secret-misplaced"));
    }

    [Property(MaxTest = 300)]
    public Property Checks_never_throw() => Prop.ForAll(AnyJson.Definitions(), text => FlowChecks.Of(FlowFile.ReadOne(text), Catalog) is not null);

    [Fact]
    public void Checks_take_time_linear_in_the_flow()
    {
        var (few, many) = (Wide(500), Wide(5_000));

        Assert.Empty(FlowChecks.Of(many, Catalog));

        // Ten times the nodes: a quadratic step would take a hundred times.
        Assert.InRange(Growth.Of(() => FlowChecks.Of(few, Catalog), () => FlowChecks.Of(many, Catalog)), 0, 40);
    }

    // Each part writes a variable that the next one reads, with a diamond between them.
    private static FlowDefinition Wide(int nodes)
    {
        var flow = new FlowBuilder();
        for (var part = 0; part < nodes / 5; part++)
        {
            flow.Variable($"v{part}");
            flow.Add(Source($"s{part}", "table", $"v{part}"), Train($"t{part}", $"v{part}"), Train($"u{part}", $"v{part / 2}"), Join($"j{part}", "WaitAll"), Line($"l{part}"));
            flow.Wire($"s{part}", $"t{part}").Wire($"s{part}", $"u{part}").Wire($"t{part}", $"j{part}").Wire($"u{part}", $"j{part}").Wire($"j{part}", $"l{part}");
            if (part > 0) flow.Wire($"l{part - 1}", $"s{part}");
        }
        return flow.Build();
    }

    private static FlowDefinition InMode(FlowBuilder builder, string mode)
    {
        var flow = builder.Build();
        flow.Json["customProperties"] = new JsonObject { ["Flowchart:ExecutionMode"] = mode };
        return flow;
    }

    private static FlowBuilder Chained() => new FlowBuilder().Variable("v").Chain(Activity("a", "Elsa.Start"), Source("s", "table", "v"), Train("t", "v"), Line("z"));

    private static JsonObject Reads(string variable) => FlowInput.ReadVariable(FlowVariable.New(variable, variable, "Object"));

    private static JsonObject Source(string id, string output, string variable) =>
        Activity(id, "Test.Source", (output, new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = variable } }));

    private static JsonObject Train(string id, string variable) => Activity(id, "Test.Train", ("rows", Reads(variable)));

    private static JsonObject Join(string id, string mode) => Activity(id, "Elsa.FlowJoin", ("mode", FlowInput.Literal("FlowJoinMode", mode)));

    private static IReadOnlyList<FlowProblem> Check(FlowBuilder flow) => FlowChecks.Of(flow.Build(), Catalog);

    private static FlowProblem Single(FlowBuilder flow, string code, string activity) =>
        Assert.Single(Check(flow), problem => problem.Code == code && problem.ActivityId == activity);
}
