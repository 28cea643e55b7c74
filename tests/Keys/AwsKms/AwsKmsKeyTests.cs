using Amazon.KeyManagementService;
using Amazon.Runtime;
using Saas.Contracts;
using Saas.Keys.AwsKms;
using Saas.Keys.Tests.Contract;

namespace Saas.Keys.Tests.AwsKms;

internal sealed class KmsHarness(KmsDouble kms) : IKekHarness
{
    private readonly AwsKmsKey _kek = Open(kms);

    public IKeyEncryptionKey Kek => _kek;

    public bool RotationChangesTheId => false;

    public string UnknownId => "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000";

    public static async Task<IKekHarness> OpenAsync() => new KmsHarness(await KmsDouble.StartAsync());

    public static AwsKmsKey Open(KmsDouble kms, string secret = SignatureV4.SecretKey) => new(KmsDouble.Arn, new AmazonKeyManagementServiceClient(
        new BasicAWSCredentials(SignatureV4.AccessKey, secret),
        new AmazonKeyManagementServiceConfig
        {
            ServiceURL = kms.Url, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 2, RetryMode = RequestRetryMode.Standard,
        }));

    public Task RotateAsync()
    {
        kms.Rotate();
        return Task.CompletedTask;
    }

    public Task BreakAsync()
    {
        kms.IsDisabled = true;
        return Task.CompletedTask;
    }

    public Task RepairAsync()
    {
        kms.IsDisabled = false;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _kek.Dispose();
        return kms.DisposeAsync();
    }
}

public sealed class AwsKmsKeyContractTests() : KeyEncryptionKeyContract(KmsHarness.OpenAsync);

public sealed class AwsKmsKeyTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = TenantId.New(TimeProvider.System);

    private KmsDouble _kms = null!;

    public async ValueTask InitializeAsync() => _kms = await KmsDouble.StartAsync();

    public ValueTask DisposeAsync() => _kms.DisposeAsync();

    [Fact]
    public async Task WrapAndUnwrap_Requests_NameTheKeyAndTheTenant()
    {
        using var kek = KmsHarness.Open(_kms);
        using var root = await kek.UnwrapAsync(Tenant, await WrapAsync(kek), default);

        Assert.Equal(["TrentService.Encrypt", "TrentService.Decrypt"], _kms.Requests.Select(static request => request.Target));
        Assert.All(_kms.Requests, request =>
        {
            Assert.Equal(KmsDouble.Arn, (string?)request.Body["KeyId"]);
            Assert.Equal(Tenant.Value, (string?)request.Body["EncryptionContext"]!["tenant"]);
        });
    }

    [Fact]
    public async Task Wrap_WrongSecret_IsUnavailable()
    {
        using var kek = KmsHarness.Open(_kms, secret: "another");

        var error = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => WrapAsync(kek));
        Assert.Contains("IncompleteSignature", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrap_ThrottledOnce_Succeeds()
    {
        using var kek = KmsHarness.Open(_kms);
        _kms.Failures.Enqueue("ThrottlingException");

        await WrapAsync(kek);
    }

    [Theory]
    [InlineData("ThrottlingException")]
    [InlineData("KMSInternalException")]
    [InlineData("AccessDeniedException")]
    [InlineData("KMSInvalidStateException")]
    public async Task Wrap_RefusedEveryTime_IsUnavailableAndSaysWhy(string type)
    {
        using var kek = KmsHarness.Open(_kms);
        for (var i = 0; i < 5; i++)
        {
            _kms.Failures.Enqueue(type);
        }

        var error = await Assert.ThrowsAsync<KeyEncryptionUnavailableException>(() => WrapAsync(kek));
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:kms:eu-west-1:111122223333:alias/root")]
    [InlineData("arn:aws:s3:eu-west-1:111122223333:key/1")]
    [InlineData("arn:aws:kms::111122223333:key/1")]
    [InlineData("1234abcd")]
    public void Open_NoArnOfAKey_IsRefused(string arn) => Assert.Throws<FormatException>(() => AwsKmsKey.Open(arn));

    private static Task<WrappedKey> WrapAsync(AwsKmsKey kek) => kek.WrapAsync(Tenant, new byte[32], default).AsTask();
}
