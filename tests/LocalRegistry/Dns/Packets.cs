using System.Buffers.Binary;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Questions as a client writes them.</summary>
internal static class Packets
{
    public static byte[] Question(string name, DnsType type = DnsType.A, ushort id = 0x1234, byte[]? additional = null)
    {
        byte[] question = [.. DnsName.TryEncodeWhole(name)!, 0, (byte)type, 0, 1];
        byte[] packet = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(additional is null ? 0 : 1), .. question, .. additional ?? []];
        BinaryPrimitives.WriteUInt16BigEndian(packet, id);
        return packet;
    }

    public static byte[] Edns(ushort udpBytes, byte version = 0, params byte[] options) =>
        [0, 0, 41, (byte)(udpBytes >> 8), (byte)udpBytes, 0, version, 0, 0, (byte)(options.Length >> 8), (byte)options.Length, .. options];

    public static Rcode RcodeOf(byte[] message) => (Rcode)(message[3] & 0xF);

    public static bool IsTruncated(byte[] message) => (message[2] & 2) != 0;

    public static int Answers(byte[] message) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(6));
}
