using System.Security.Cryptography;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Saas.Contracts;

namespace Saas.Keys.AwsKms;

/// <summary>
/// A symmetric key in AWS KMS: Encrypt and Decrypt with the tenant as encryption context, which KMS authenticates.
/// Rotation within KMS keeps the key's ARN and everything readable, so nothing has to be wrapped again for it; another
/// ARN is another key.
/// </summary>
public sealed class AwsKmsKey : IKeyEncryptionKey, IDisposable
{
    private const string ContextName = "tenant";

    private readonly string _arn;
    private readonly IAmazonKeyManagementService _kms;

    /// <param name="kms">Disposed with this.</param>
    internal AwsKmsKey(string arn, IAmazonKeyManagementService kms) => (_arn, _kms) = (arn, kms);

    /// <summary>With the credentials the process has: environment, role of the machine or container, profile.</summary>
    /// <param name="arn"><c>arn:aws:kms:REGION:ACCOUNT:key/ID</c>.</param>
    /// <exception cref="FormatException">It is no ARN of a key.</exception>
    public static AwsKmsKey Open(string arn) => new(arn, new AmazonKeyManagementServiceClient(new AmazonKeyManagementServiceConfig
    {
        RegionEndpoint = RegionEndpoint.GetBySystemName(RegionOf(arn)),
        Timeout = TimeSpan.FromSeconds(10),
        MaxErrorRetry = 3,
        RetryMode = RequestRetryMode.Standard,
    }));

    /// <exception cref="FormatException">It is no ARN of a key.</exception>
    public static void CheckArn(string arn) => RegionOf(arn);

    public bool Knows(string kekId) => kekId == _arn;

    public ValueTask<string> CurrentIdAsync(CancellationToken ct) => ValueTask.FromResult(_arn);

    public async ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> rootKey, CancellationToken ct)
    {
        var plain = GC.AllocateUninitializedArray<byte>(rootKey.Length, pinned: true);
        try
        {
            rootKey.CopyTo(plain);
            using var stream = new MemoryStream(plain, writable: false);
            var answer = await CatchAsync(
                () => _kms.EncryptAsync(new EncryptRequest { KeyId = _arn, Plaintext = stream, EncryptionContext = Context(tenant) }, ct), tenant, ct);
            return new WrappedKey(_arn, answer.CiphertextBlob.ToArray());
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    public async ValueTask<SecretBuffer> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken ct)
    {
        if (!Knows(wrapped.KekId))
        {
            throw new KeyEncryptionUnavailableException($"{wrapped.KekId} is not the key {_arn}.");
        }

        using var stream = new MemoryStream(wrapped.Bytes, writable: false);
        var answer = await CatchAsync(
            () => _kms.DecryptAsync(new DecryptRequest { KeyId = _arn, CiphertextBlob = stream, EncryptionContext = Context(tenant) }, ct), tenant, ct);
        var plain = answer.Plaintext.TryGetBuffer(out var buffer) ? buffer : answer.Plaintext.ToArray();
        var root = SecretBuffer.CopyOf(plain);
        CryptographicOperations.ZeroMemory(plain);
        return root;
    }

    public void Dispose() => _kms.Dispose();

    private static Dictionary<string, string> Context(TenantId tenant) => new(StringComparer.Ordinal) { [ContextName] = tenant.Value };

    private static string RegionOf(string arn) => arn.Split(':') is ["arn", _, "kms", { Length: > 0 } region, { Length: > 0 }, var key] && key.StartsWith("key/", StringComparison.Ordinal)
        ? region
        : throw new FormatException("A key in KMS is arn:aws:kms:REGION:ACCOUNT:key/ID.");

    private static async Task<T> CatchAsync<T>(Func<Task<T>> call, TenantId tenant, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (e is InvalidCiphertextException or IncorrectKeyException)
        {
            throw new WrappedKeyBrokenException($"The root key of tenant {tenant} was altered, or is another tenant's.", e);
        }
        catch (AmazonServiceException e)
        {
            throw new KeyEncryptionUnavailableException($"KMS answered {(int)e.StatusCode} ({e.ErrorCode}).", e);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new KeyEncryptionUnavailableException($"KMS cannot be used: {e.GetType().Name}.", e);
        }
    }
}
