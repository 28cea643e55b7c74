using System.Globalization;
using System.Net;
using System.Numerics;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

/// <summary>IP networks in CIDR notation, of both versions.</summary>
internal static class NetworkFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("cidrhost", [Parameter.Text("prefix"), Parameter.Number("hostnum")], call => new HclString(
            Network.Parse(call.Text(0)).Host(call.Whole(1)))),
        Function.Of("cidrnetmask", [Parameter.Text("prefix")], call => new HclString(Network.Parse(call.Text(0)).Mask())),
        Function.Of("cidrsubnet", [Parameter.Text("prefix"), Parameter.Number("newbits"), Parameter.Number("netnum")], call => new HclString(
            Network.Parse(call.Text(0)).Subnet(call.Int(1), call.Whole(2)).ToString())),
        Function.Of("cidrsubnets", [Parameter.Text("prefix")], Parameter.Number("newbits"), Subnets),
    ];

    /// <summary>One behind the other, each of its own size.</summary>
    private static HclSequence Subnets(FunctionCall call)
    {
        var network = Network.Parse(call.Text(0));
        var subnets = new List<HclValue>();
        var next = network.Address;
        for (var i = 1; i < call.Arguments.Count; i++)
        {
            var bits = call.Int(i);
            var length = network.Length + bits;
            if (bits < 1 || length > network.Bits)
            {
                throw new HclValueException($"a network of /{network.Length} cannot be extended by {bits} bits");
            }

            var size = BigInteger.One << (network.Bits - length);
            next = (next + size - 1) / size * size;
            if (next + size > network.Address + (BigInteger.One << (network.Bits - network.Length)))
            {
                throw new HclValueException($"not enough remaining address space for a subnet with a prefix of {length} bits");
            }

            subnets.Add(new HclString((network with { Address = next, Length = length }).ToString()));
            next += size;
        }

        return HclSequence.List(HclType.Text, subnets);
    }

    /// <param name="Address">Host bits are 0.</param>
    /// <param name="Bits">Of an address: 32 or 128.</param>
    private sealed record Network(BigInteger Address, int Length, int Bits)
    {
        public static Network Parse(string text)
        {
            var slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0
                || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
                || text.AsSpan(0, slash).Contains('%')
                || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                || length > address.GetAddressBytes().Length * 8)
            {
                throw new HclValueException("invalid CIDR expression: expected address/length");
            }

            var bytes = address.GetAddressBytes();
            var bits = bytes.Length * 8;
            return new Network(new BigInteger(bytes, isUnsigned: true, isBigEndian: true) >> (bits - length) << (bits - length), length, bits);
        }

        /// <summary>A negative number counts from the end.</summary>
        public string Host(BigInteger number)
        {
            var size = BigInteger.One << (Bits - Length);
            var host = number.Sign < 0 ? size + number : number;
            return host.Sign >= 0 && host < size ? Text(Address + host) : throw new HclValueException($"prefix of {Length} does not accommodate a host numbered {number}");
        }

        public string Mask() => Bits == 32
            ? Text((BigInteger.One << 32) - (BigInteger.One << (32 - Length)))
            : throw new HclValueException("only IPv4 networks are supported");

        public Network Subnet(int bits, BigInteger number)
        {
            if (bits < 0 || Length + bits > Bits)
            {
                throw new HclValueException($"insufficient address space to extend prefix of {Length} by {bits}");
            }

            return number.Sign >= 0 && number < BigInteger.One << bits
                ? this with { Address = Address + (number << (Bits - Length - bits)), Length = Length + bits }
                : throw new HclValueException($"prefix extension of {bits} does not accommodate a subnet numbered {number}");
        }

        public override string ToString() => $"{Text(Address)}/{Length}";

        private string Text(BigInteger address)
        {
            var bytes = address.ToByteArray(isUnsigned: true, isBigEndian: true);
            var padded = new byte[Bits / 8];
            bytes.CopyTo(padded, padded.Length - bytes.Length);
            return new IPAddress(padded).ToString();
        }
    }
}
