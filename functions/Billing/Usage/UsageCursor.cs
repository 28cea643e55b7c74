using System.Buffers.Text;
using System.Text;
using Saas.Billing.Metering;
using Saas.Billing.Rating;
using Saas.Contracts;

namespace Saas.Billing.Usage;

/// <summary>The last line of a page, as clients hand it back: opaque to them, checked when it returns.</summary>
internal static class UsageCursor
{
    public static string Write(LineKey key) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
        $"{(key.Hour is { } hour ? UsageRows.HourKey(hour) : "")}|{key.ProjectId}|{key.Meter}"));

    public static bool TryRead(string text, out LineKey key)
    {
        key = default;
        if (!Base64Url.IsValid(text)
            || Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('|') is not [var hour, var project, var meter]
            || !MeterUnit.IsMeter(meter)
            || (project.Length > 0 && !EntityId.IsValid("prj", project)))
        {
            return false;
        }

        var at = default(DateTimeOffset);
        if (hour.Length > 0 && !UsageRows.TryReadHourKey(hour, out at))
        {
            return false;
        }

        key = new LineKey(hour.Length > 0 ? at : null, project.Length > 0 ? project : null, meter);
        return true;
    }
}
