using Flows.Hub.Web;

namespace Flows.Hub.Storage;

/// <summary>
/// The room on the disk of a data folder. A reserve of it (64 MB, of a small disk a tenth) is for what is under way: while less is
/// left, no run and no step is begun there.
/// </summary>
public sealed class DiskRoom(string folder)
{
    private const long MostReserve = 64 << 20;

    /// <summary>Less than the reserve is left.</summary>
    public bool IsShort => new DriveInfo(folder) is var disk && disk.AvailableFreeSpace < ReserveOf(disk);

    /// <param name="isFull">Whether something could not be written already.</param>
    /// <exception cref="RequestFault">507: the disk is full, or almost.</exception>
    public void Demand(bool isFull)
    {
        if (!isFull && !IsShort) return;
        var disk = new DriveInfo(folder);
        throw new RequestFault(
            isFull && disk.AvailableFreeSpace >= ReserveOf(disk)
                ? "The disk of the database is full. Runs that are under way wait, and go on when there is room again; new ones are not taken until then."
                : $"The disk of the data folder is full: {Megabytes(disk.AvailableFreeSpace)} of {Megabytes(disk.TotalSize)} are free, and {Megabytes(ReserveOf(disk))} are kept for runs that are under way. They wait, and go on when there is room again; new ones are not taken until then.",
            StatusCodes.Status507InsufficientStorage);
    }

    private static long ReserveOf(DriveInfo disk) => Math.Min(MostReserve, disk.TotalSize / 10);

    private static string Megabytes(long bytes) => FormattableString.Invariant($"{bytes / 1048576d:0.#} MB");
}
