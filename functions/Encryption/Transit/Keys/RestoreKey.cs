using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Makes a key of a backup, Vault's or ours, under its own name or another.</summary>
internal static class RestoreKey
{
    private const string Action = "transit:restore";

    public static void Map(IRouteTable routes)
    {
        foreach (var name in (string[])["", "/{name}"])
        {
            routes.MapVault(VaultVerb.Write, "/v1/{mount}/restore" + name, Mounts.Engine.Transit, Action, "Restore a key", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields("backup", "force");
        var (force, backup) = (fields.Bool("force", false), Backup(fields.String("backup")));
        var change = default(KeyChange);
        try
        {
            change = Read(request, backup);
            return await request.Service<KeyRestoration>().RestoreAsync(KeyRing.Of(request), change, force, ct)
                ? VaultResponse.NoContent()
                : VaultResponse.BadRequest($"key \"{change.Key.Name}\" already exists");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(backup);
            foreach (var version in change.Added ?? [])
            {
                version.Material.Dispose();
            }
        }
    }

    private static KeyChange Read(VaultRequest request, byte[] backup)
    {
        var time = request.Service<TimeProvider>();
        try
        {
            var name = Name(request, backup);
            if (!request.May(Action, request.Mount.ResourcePrefix + name))
            {
                throw new VaultException(StatusCodes.Status403Forbidden, VaultProtocol.PermissionDenied);
            }

            var read = BackupReader.Read(backup, EntityId.New("tk", time), name);
            return read with { Key = read.Key with { Restore = new KeyOccasion(time.GetUtcNow(), read.Key.LatestVersion) } };
        }
        catch (FormatException e)
        {
            throw VaultException.BadRequest($"failed to restore the policy: {e.Message}");
        }
    }

    private static string Name(VaultRequest request, byte[] backup)
    {
        var name = request.Route("name");
        if (name.Length == 0 && !KeyNames.IsName(name = BackupReader.NameOf(backup)))
        {
            throw new FormatException("the name in the backup is no name of a key");
        }

        KeyNames.Check(name);
        return name;
    }

    private static byte[] Backup(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
        {
            throw VaultException.BadRequest("'backup' must be supplied");
        }

        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw VaultException.BadRequest("failed to restore the policy: illegal base64 data");
        }
    }
}
