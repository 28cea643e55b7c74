using Microsoft.Extensions.Configuration;

namespace Saas.Hosting.CustomHandler;

/// <summary>That the app runs under the Azure Functions host.</summary>
/// <param name="Port">Where the host calls us, on loopback.</param>
/// <param name="FunctionsFolder">Where <see cref="FunctionFiles"/> were published.</param>
public sealed record CustomHandlerOptions(int Port, string FunctionsFolder)
{
    private const string PortVariable = "FUNCTIONS_CUSTOMHANDLER_PORT";
    private const string FolderVariable = "FUNCTIONS_APP_ROOT_PATH";

    /// <summary>From the variables that the host sets; null where it did not start this process.</summary>
    /// <exception cref="InvalidOperationException">The port is not a port.</exception>
    public static CustomHandlerOptions? From(IConfiguration configuration)
    {
        if (configuration[PortVariable] is not { Length: > 0 } text)
        {
            return null;
        }

        return ushort.TryParse(text, out var port) && port > 0
            ? new CustomHandlerOptions(port, configuration[FolderVariable] ?? AppContext.BaseDirectory)
            : throw new InvalidOperationException($"{PortVariable} is '{text}', which is not a port.");
    }
}
