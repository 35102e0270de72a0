using Flows.Library.Python;

namespace Flows.Tests.Library;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PythonInterpreterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flows-pythons-").FullName;

    [Fact]
    public void The_first_that_has_all_modules_is_taken_and_no_other_is_asked()
    {
        var (lacking, whole, never) = (Python("lacking", "wanted"), Python("whole", ""), Python("never", ""));

        var found = PythonInterpreter.Best([lacking, whole, never], ["wanted"]);

        Assert.Equal((whole, 0), (found!.Path, found.Missing.Count));
        Assert.Equal((1, 1, 0), (Asked(lacking), Asked(whole), Asked(never)));
    }

    [Fact]
    public void The_one_that_lacks_least_is_taken_and_is_not_asked_again_at_once()
    {
        var (two, one) = (Python("two", "a b"), Python("one", "b"));

        for (var step = 0; step < 5; step++) Assert.Equal(one, PythonInterpreter.Best([two, one], ["a", "b"])!.Path);

        Assert.Equal((1, 1), (Asked(two), Asked(one)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Answers as an interpreter does that lacks these modules, and keeps count of who asked.
    private string Python(string name, string missing)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\necho asked >> {path}.asked\necho {missing}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static int Asked(string path) => File.Exists(path + ".asked") ? File.ReadAllLines(path + ".asked").Length : 0;
}
