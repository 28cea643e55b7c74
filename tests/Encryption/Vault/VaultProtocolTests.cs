using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Vault;

/// <summary>What every path of the API has in common, seen from a client.</summary>
public sealed class VaultProtocolTests : IAsyncLifetime
{
    private EncryptionHost _host = null!;
    private Customer _acme = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await EncryptionHost.StartAsync();
        _acme = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Without_a_token_permission_is_denied()
    {
        using var nobody = _host.Client();

        (await nobody.ReadAsync("transit/keys/a")).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    [Theory]
    [InlineData("hvs.CAESIJ")]
    [InlineData("saas_0000000000000000000000000000000000000000000000000000_0000000000000000000000000000000000000000000000000000")]
    public async Task With_a_token_nobody_has_permission_is_denied(string token)
    {
        using var stranger = _host.Client(token);

        (await stranger.ReadAsync("transit/keys/a")).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    [Fact]
    public async Task The_key_is_accepted_as_bearer_too()
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", _acme.Token);

        (await client.WriteAsync("transit/keys/a")).MustBeOk();
    }

    [Fact]
    public async Task A_path_no_mount_answers_has_no_handler()
    {
        (await _acme.Client.ReadAsync("nowhere/keys/a")).MustFail(HttpStatusCode.NotFound, "no handler for route \"nowhere/keys/a\"");
        (await _acme.Client.ReadAsync("secret/keys/a")).MustFail(HttpStatusCode.NotFound, "no handler for route");
        (await _acme.Client.ReadAsync("a/b/c/d/e")).MustFail(HttpStatusCode.NotFound, "no handler for route \"a/b/c/d/e\"");
    }

    [Fact]
    public async Task A_method_the_path_does_not_have_is_unsupported() =>
        (await _acme.Client.CallAsync("PATCH", "transit/keys/a")).MustFail(HttpStatusCode.MethodNotAllowed, "unsupported operation");

    [Fact]
    public async Task Get_with_list_true_is_list()
    {
        (await _acme.Client.WriteAsync("transit/keys/a")).MustBeOk();

        var list = (await _acme.Client.ListAsync("transit/keys")).MustBeOk();
        var get = (await _acme.Client.ReadAsync("transit/keys?list=true")).MustBeOk();

        Assert.Equal(list.Data.ToJsonString(), get.Data.ToJsonString());
        Assert.Equal("""{"keys":["a"]}""", list.Data.ToJsonString());
    }

    [Fact]
    public async Task Put_and_post_are_one()
    {
        (await _acme.Client.CallAsync("PUT", "transit/keys/a")).MustBeOk();
        (await _acme.Client.CallAsync("PUT", "transit/keys/a/rotate")).MustBeOk();
    }

    [Fact]
    public async Task The_envelope_is_Vaults()
    {
        (await _acme.Client.WriteAsync("transit/keys/a")).MustBeOk();

        var envelope = (await _acme.Client.ReadAsync("transit/keys/a")).MustBeOk().Json!.AsObject();

        Assert.Equal(
            ["request_id", "lease_id", "renewable", "lease_duration", "data", "wrap_info", "warnings", "auth", "mount_type"],
            envelope.Select(member => member.Key));
        Assert.True(Guid.TryParse(envelope["request_id"]!.GetValue<string>(), out _));
        Assert.Equal("", envelope["lease_id"]!.GetValue<string>());
        Assert.Null(envelope["wrap_info"]);
        Assert.Null(envelope["warnings"]);
        Assert.Null(envelope["auth"]);
        Assert.Equal("transit", envelope["mount_type"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_unknown_parameter_is_ignored_with_a_warning()
    {
        var reply = (await _acme.Client.WriteAsync("transit/keys/a", new JsonObject { ["typ"] = "rsa-2048", ["zz"] = 1, ["name"] = "b" })).MustBeOk();

        Assert.Contains("Endpoint ignored these unrecognized parameters: [typ zz]", reply.Warnings);
        Assert.Contains(
            "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [name]", reply.Warnings);
        Assert.Equal("aes256-gcm96", (await _acme.Client.ReadAsync("transit/keys/a")).Data["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_thousand_unknown_parameters_make_no_long_warning()
    {
        var body = new JsonObject(Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create<string, JsonNode?>(new string('x', 200) + i, 1)));

        var warning = Assert.Single((await _acme.Client.WriteAsync("transit/keys/a", body)).MustBeOk().Warnings);

        Assert.True(warning.Length < 3000, $"{warning.Length} characters");
        Assert.EndsWith("…]", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("[]")]
    [InlineData("not json")]
    public async Task A_body_that_is_no_object_is_refused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _acme.Client.PostAsync(new Uri("/v1/transit/keys/a", UriKind.Relative), content);

        new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync()).MustFail(HttpStatusCode.BadRequest, "failed to parse JSON input");
    }

    [Fact]
    public async Task A_body_of_100_MB_is_too_large()
    {
        using var content = new StreamContent(new EndlessZeros(100_000_000));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transit/encrypt/a") { Content = content };
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = false;
        content.Headers.ContentLength = 100_000_000;

        using var response = await _acme.Client.SendAsync(request);

        new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync())
            .MustFail(HttpStatusCode.RequestEntityTooLarge, "request body too large");
    }

    [Fact]
    public async Task The_namespace_is_a_project_by_name_or_by_id()
    {
        var project = await _host.AddProjectAsync(_acme, "web");
        (await _acme.Client.CallAsync("POST", "transit/keys/a", null, ("X-Vault-Namespace", "web"))).MustBeOk();

        (await _acme.Client.CallAsync("GET", "transit/keys/a", null, ("X-Vault-Namespace", project.Id))).MustBeOk();
        (await _acme.Client.CallAsync("GET", "transit/keys/a", null, ("X-Vault-Namespace", "web/"))).MustBeOk();
        (await _acme.Client.ReadAsync("transit/keys/a")).Must(HttpStatusCode.NotFound);
        (await _acme.Client.CallAsync("GET", "transit/keys/a", null, ("X-Vault-Namespace", "nowhere")))
            .MustFail(HttpStatusCode.NotFound, "namespace not found");
    }

    [Fact]
    public async Task What_the_key_may_not_do_is_denied()
    {
        using var auditor = _host.Client(await _host.KeyAsync(_acme, "auditor"));

        (await auditor.WriteAsync("transit/keys/a")).MustFail(HttpStatusCode.Forbidden, "permission denied");
    }

    /// <summary>Bytes that cost no memory.</summary>
    private sealed class EndlessZeros(long length) : Stream
    {
        private long _read;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, length - _read);
            buffer.AsSpan(offset, read).Clear();
            _read += read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
