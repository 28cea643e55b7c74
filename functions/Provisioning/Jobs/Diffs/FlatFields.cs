using System.Globalization;
using System.Text.Json;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>
/// A thing's fields as text, by name: what Nomad compares. Numbers and truth values are printed as Go prints them, and what
/// is left out has Go's zero value: false, 0, or nothing.
/// </summary>
internal sealed class FlatFields : Dictionary<string, string>
{
    public FlatFields()
        : base(StringComparer.Ordinal)
    {
    }

    public FlatFields Text(string name, string? value) => With(name, value ?? "");

    public FlatFields Number(string name, long? value) => With(name, (value ?? 0).ToString(CultureInfo.InvariantCulture));

    public FlatFields Flag(string name, bool? value) => With(name, value is true ? "true" : "false");

    /// <summary>A pointer in Go: <c>nil</c> where there is none.</summary>
    public FlatFields Optional(string name, long? value) => value is null ? With(name, "nil") : Number(name, value);

    public FlatFields Optional(string name, bool? value) => value is null ? With(name, "nil") : Flag(name, value);

    /// <summary>One field an entry: <c>Meta[key]</c>.</summary>
    public FlatFields Map(string name, IReadOnlyDictionary<string, string>? entries)
    {
        foreach (var (key, value) in entries ?? new Dictionary<string, string>())
        {
            this[$"{name}[{key}]"] = value;
        }

        return this;
    }

    /// <summary>Any JSON, down to its leaves: <c>args[0]</c>, <c>labels[a]</c>.</summary>
    public FlatFields Json(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    Json(name.Length == 0 ? member.Name : $"{name}[{member.Name}]", member.Value);
                }

                return this;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                {
                    Json(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]"), item);
                }

                return this;
            case JsonValueKind.Number:
                return With(name, Go(value.GetDouble()));
            case JsonValueKind.String:
                return With(name, value.GetString()!);
            case JsonValueKind.True or JsonValueKind.False:
                return Flag(name, value.ValueKind == JsonValueKind.True);
            default:
                return With(name, "nil");
        }
    }

    /// <summary>As Go's <c>%v</c>: the shortest digits, with an exponent from a million on and below a ten-thousandth.</summary>
    private static string Go(double value)
    {
        var shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        var exponent = value == 0 ? 0 : int.Parse(shortest[(shortest.IndexOf('E', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        if (exponent is >= -4 and < 6)
        {
            return value.ToString("0.#################", CultureInfo.InvariantCulture);
        }

        var digits = (value / Math.Pow(10, exponent)).ToString("0.###############", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{digits}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent):00}");
    }

    private FlatFields With(string name, string value)
    {
        this[name] = value;
        return this;
    }
}
