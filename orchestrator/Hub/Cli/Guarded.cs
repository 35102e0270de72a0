using System.ComponentModel.DataAnnotations;
using Flows.Contract.Definitions;
using Flows.Hub.Artifacts.S3;
using Flows.Hub.Storage;
using Microsoft.Extensions.Options;

namespace Flows.Hub.Cli;

/// <summary>Turns a mistake on the command line or in the settings into one sentence and exit code 2; anything else is ours and shows itself.</summary>
internal static class Guarded
{
    public static async Task<int> RunAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception mistake) when (mistake is CommandFault or FlowFileException or DataFolderOwned or StorageFault or ArtifactsFault or HttpRequestException or Runners.RunnerRefused or ValidationException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(mistake.Message);
            return CommandLine.Exit.NotRunnable;
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{taken.Message} Choose another with --urls.");
            return CommandLine.Exit.NotRunnable;
        }
    }
}

/// <summary>A mistake of the person at the command line.</summary>
public sealed class CommandFault(string message) : Exception(message);
