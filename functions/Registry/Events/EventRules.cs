using System.Text;
using Saas.Discovery.Filter.Patterns;
using Saas.Registry.Consul;

namespace Saas.Registry.Events;

/// <summary>What an event must be.</summary>
internal static class EventRules
{
    /// <summary>Serf's default limit on a user event.</summary>
    private const int MaxBytes = 512;

    /// <summary>
    /// What Consul's encoding of an event adds to its name (twice: also as the gossip's <c>consul:event:</c> name), filters
    /// and payload: the id, the members' names and lengths.
    /// </summary>
    private const int Overhead = 67;

    /// <summary>More than can be allowed: enough to tell the client what is.</summary>
    public const int MaxBodyBytes = 4096;

    /// <exception cref="RegistryException">500, as Consul has it for all of these.</exception>
    public static void Check(UserEvent fired)
    {
        if (fired.TagFilter.Length > 0 && fired.ServiceFilter.Length == 0)
        {
            throw RegistryException.Server("Cannot provide tag filter without service filter");
        }

        CheckFilter("node", fired.NodeFilter);
        CheckFilter("service", fired.ServiceFilter);
        CheckFilter("tag", fired.TagFilter);
        var size = Overhead + (2 * Bytes(fired.Name)) + (fired.Payload?.Length ?? 0)
            + Bytes(fired.NodeFilter) + Bytes(fired.ServiceFilter) + Bytes(fired.TagFilter);
        if (size > MaxBytes)
        {
            throw RegistryException.Server($"user event exceeds configured limit of {MaxBytes} bytes before encoding");
        }
    }

    private static void CheckFilter(string kind, string pattern)
    {
        try
        {
            Re2Pattern.Compile(pattern);
        }
        catch (Re2SyntaxException e)
        {
            throw RegistryException.Server($"Invalid {kind} filter: error parsing regexp: {e.Message}");
        }
    }

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}
