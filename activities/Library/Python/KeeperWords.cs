using System.Globalization;
using Flows.Contract.Runs;

namespace Flows.Library.Python;

/// <summary>What a keeper says, in lines: see <c>flows.worker</c>.</summary>
internal static class KeeperWords
{
    /// <summary><c>started PID</c>.</summary>
    public static int? Started(string? line) =>
        line?.Split(' ') is ["started", var number] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;

    /// <summary><c>ended CODE SECONDS BYTES PASSED</c>, and perhaps <c>FILES</c> after that; null when it is something else: the keeper was killed.</summary>
    public static ProcessEnd? Ended(string? line, IReadOnlyList<string> lastErrors)
    {
        if (line?.Trim().Split(' ', 6) is not ["ended", var code, var seconds, var bytes, var passed, .. var files]) return null;
        return new ProcessEnd(int.Parse(code, CultureInfo.InvariantCulture), lastErrors)
        {
            Used = new ResourceUse(double.Parse(seconds, CultureInfo.InvariantCulture), long.Parse(bytes, CultureInfo.InvariantCulture)),
            Files = files.FirstOrDefault(),
            Passed = passed switch { "memory" => PassedLimit.Memory, "cpu" => PassedLimit.Cpu, _ => PassedLimit.None },
        };
    }
}
