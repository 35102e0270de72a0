using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Flows.Library.Python;

/// <summary>Sends open descriptors over a Unix socket (<c>SCM_RIGHTS</c>, unix(7)), which .NET has no call for.</summary>
internal static class DescriptorSocket
{
    private const int SolSocket = 1;
    private const int ScmRights = 1;
    private const int MsgNoSignal = 0x4000;

    /// <summary>Sends the descriptors with the first of the bytes, then the rest of the bytes.</summary>
    public static async Task SendAsync(this Socket socket, byte[] message, SafeHandle[] descriptors, CancellationToken cancellation)
    {
        var sent = Send(socket, message, descriptors);
        while (sent < message.Length) sent += await socket.SendAsync(message.AsMemory(sent), cancellation);
    }

    private static unsafe int Send(Socket socket, byte[] message, SafeHandle[] descriptors)
    {
        // A control message: a header of 16 bytes, then the descriptors, up to a multiple of 8.
        var length = sizeof(ControlHeader) + descriptors.Length * sizeof(int);
        var control = stackalloc byte[(length + 7) & ~7];
        *(ControlHeader*)control = new ControlHeader { Length = length, Level = SolSocket, Type = ScmRights };
        for (var i = 0; i < descriptors.Length; i++) ((int*)(control + sizeof(ControlHeader)))[i] = (int)descriptors[i].DangerousGetHandle();
        fixed (byte* bytes = message)
        {
            var part = new Part { Start = bytes, Length = message.Length };
            var header = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = (length + 7) & ~7 };
            var sent = SendMessage((int)socket.SafeHandle.DangerousGetHandle(), &header, MsgNoSignal);
            GC.KeepAlive(descriptors);
            return sent > 0 ? (int)sent : throw new IOException("The descriptors were not sent.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static extern unsafe nint SendMessage(int socket, MessageHeader* message, int flags);

    private unsafe struct Part
    {
        public byte* Start;
        public nint Length;
    }

    private struct ControlHeader
    {
        public nint Length;
        public int Level;
        public int Type;
    }

    private unsafe struct MessageHeader
    {
        public void* Name;
        public int NameLength;
        public Part* Parts;
        public nint PartCount;
        public void* Control;
        public nint ControlLength;
        public int Flags;
    }
}
