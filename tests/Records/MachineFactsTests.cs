using Flows.Hub.Runners;

namespace Flows.Tests.Records;

/// <summary>What a record says of the machine, where that cannot be seen on the one that runs the tests.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class MachineFactsTests
{
    [Theory]
    [InlineData("echo 'NVIDIA A100, 550.54'; echo 'NVIDIA A100, 550.54'", new[] { "NVIDIA A100, 550.54", "NVIDIA A100, 550.54" })]
    [InlineData("echo 'No devices were found'; exit 6", null)]
    public void Gpus_are_named_with_their_driver_or_left_out(string says, string[]? expected)
    {
        var program = Path.Combine(Directory.CreateTempSubdirectory("flows-gpu-").FullName, "nvidia-smi");
        File.WriteAllText(program, $"#!/bin/sh\n{says}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        Assert.Equal(expected, MachineFacts.Gpus(program));
        Assert.Null(MachineFacts.Gpus(program + "-that-is-not-there"));
        Directory.Delete(Path.GetDirectoryName(program)!, recursive: true);
    }
}
