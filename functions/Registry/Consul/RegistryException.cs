using Microsoft.AspNetCore.Http;

namespace Saas.Registry.Consul;

/// <summary>What a client is told is wrong, with Consul's status and text.</summary>
internal sealed class RegistryException(int status, string message) : Exception(message)
{
    public int Status => status;

    public static RegistryException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static RegistryException Forbidden(string message) => new(StatusCodes.Status403Forbidden, message);

    public static RegistryException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    /// <summary>What Consul answers with for faults its servers find: many are the caller's.</summary>
    public static RegistryException Server(string message) => new(StatusCodes.Status500InternalServerError, message);
}
