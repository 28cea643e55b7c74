using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using static Saas.Encryption.Tests.Transit.Operations.TransitFixture;

namespace Saas.Encryption.Tests.Transit.Operations;

public sealed class BatchTests(TransitFixture transit) : IClassFixture<TransitFixture>
{
    [Fact]
    public async Task Items_are_answered_in_their_order_with_their_references()
    {
        var key = await transit.KeyAsync();
        await transit.RotateAsync(key);
        var items = Enumerable.Range(0, 1_000).Select(i => new JsonObject
        {
            ["plaintext"] = Base64($"plaintext {i}"), ["reference"] = $"ref \"{i}\" ü", ["key_version"] = 1 + (i % 2),
        });

        var encrypted = Results((await transit.CallAsync($"encrypt/{key}", Batch(items))).MustBeOk());
        var decrypted = Results((await transit.CallAsync($"decrypt/{key}", Batch(encrypted.Select(r => new JsonObject
        {
            ["ciphertext"] = r["ciphertext"]!.GetValue<string>(), ["reference"] = r["reference"]!.GetValue<string>(),
        })))).MustBeOk());

        Assert.Equal(1_000, decrypted.Length);
        for (var i = 0; i < decrypted.Length; i++)
        {
            Assert.Equal(Base64($"plaintext {i}"), decrypted[i]["plaintext"]!.GetValue<string>());
            Assert.Equal($"ref \"{i}\" ü", decrypted[i]["reference"]!.GetValue<string>());
            Assert.Equal(1 + (i % 2), encrypted[i]["key_version"]!.GetValue<int>());
            Assert.StartsWith($"vault:v{1 + (i % 2)}:", encrypted[i]["ciphertext"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_bad_item_is_its_own_error_and_the_others_are_answered()
    {
        var key = await transit.KeyAsync();
        var items = Enumerable.Range(0, 10).Select(i => new JsonObject { ["plaintext"] = i == 7 ? "!nonbase64" : Base64($"{i}"), ["reference"] = $"{i}" });

        var reply = (await transit.CallAsync($"encrypt/{key}", Batch(items))).Must(HttpStatusCode.BadRequest);

        var results = Results(reply);
        Assert.Equal("illegal base64 data at input byte 0", results[7]["error"]!.GetValue<string>());
        Assert.Equal("7", results[7]["reference"]!.GetValue<string>());
        Assert.DoesNotContain("ciphertext", results[7]);
        for (var i = 0; i < 10; i++)
        {
            if (i != 7)
            {
                Assert.Equal($"{i}", await transit.DecryptAsync(key, results[i]["ciphertext"]!.GetValue<string>()));
            }
        }
    }

    [Theory]
    [InlineData(207, 207)]
    [InlineData(200, 200)]
    [InlineData(204, 400)]
    [InlineData(700, 400)]
    public async Task Part_of_a_batch_failing_has_the_status_asked_for(int asked, int expected)
    {
        var key = await transit.KeyAsync();
        var body = Batch(new JsonObject { ["plaintext"] = "" }, new JsonObject { ["plaintext"] = "!" });
        body["partial_failure_response_code"] = asked;

        var reply = (await transit.CallAsync($"encrypt/{key}", body)).Must((HttpStatusCode)expected);

        Assert.Equal(2, Results(reply).Length);
        Assert.Equal(asked == expected ? [] : ["invalid HTTP response code override from partial_failure_response_code, reverting to 400"], reply.Warnings);
    }

    [Fact]
    public async Task All_of_a_batch_failing_is_a_bad_request_whatever_was_asked_for()
    {
        var body = Batch(new JsonObject { ["ciphertext"] = "vault:v1:AAAA" }, new JsonObject { ["ciphertext"] = "" });
        body["partial_failure_response_code"] = 207;

        var results = Results((await transit.CallAsync($"decrypt/{await transit.KeyAsync()}", body)).Must(HttpStatusCode.BadRequest));

        Assert.Equal(["invalid ciphertext length", "missing ciphertext to decrypt"], results.Select(r => r["error"]!.GetValue<string>()));
        Assert.All(results, r => Assert.Equal("", r["plaintext"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_is_refused_before_anything_is_done()
    {
        var key = await transit.KeyAsync();
        await MustFailAsync("encrypt", "{\"batch_input\":[]}", "missing batch input to process");
        await MustFailAsync("encrypt", "{\"batch_input\":{}}", "source data must be an array or slice, got map[string]interface {}");
        await MustFailAsync("encrypt", "{\"batch_input\":[7]}", "[0] expected a map, got 'json.Number'");
        await MustFailAsync("encrypt", "{\"batch_input\":[{\"plaintext\":\"\"},{}]}", "'[1].plaintext' missing plaintext to encrypt");
        await MustFailAsync("decrypt", "{\"batch_input\":[{\"context\":\"\"}]}", "'[0].ciphertext' missing ciphertext to decrypt");
        await MustFailAsync("encrypt", "{\"batch_input\":[{\"plaintext\":42}]}", "'[0].plaintext' expected type 'string', got unconvertible type 'json.Number'");
        await MustFailAsync(
            "encrypt", "{\"batch_input\":[{\"plaintext\":\"\",\"key_version\":\"1\"}]}", "'[0].key_version' expected type 'int', got unconvertible type 'string'");
        await MustFailAsync(
            "encrypt", "{\"batch_input\":[{\"plaintext\":\"\",\"context\":\"eA==\"},{\"plaintext\":\"\"}]}",
            "context should be set either in all the request blocks or in none");
        await MustFailAsync("encrypt", "{\"plaintext\":", "failed to parse JSON input");
        await MustFailAsync("encrypt", "{\"plaintext\":\"\"}}", "failed to parse JSON input");
        await MustFailAsync("encrypt", "[]", "failed to parse JSON input: expected an object");
        await MustFailAsync("encrypt", "", "missing plaintext to encrypt");
        await MustFailAsync("encrypt", "{\"plaintext\":null}", "missing plaintext to encrypt");
        await MustFailAsync("encrypt", "{\"plaintext\":{}}", "error converting input for field \"plaintext\"");
        await MustFailAsync("decrypt", "{}", "missing ciphertext to decrypt");

        async Task MustFailAsync(string verb, string body, string error) =>
            (await PostAsync($"transit/{verb}/{key}", body)).MustFail(HttpStatusCode.BadRequest, error);
    }

    [Fact]
    public async Task Duplicates_escapes_nulls_and_unknown_members_are_read_as_json_has_them()
    {
        var key = await transit.KeyAsync();
        var body = """
            {"batch_input":[{"plaintext":"AAAA"}],
             "b\u0061tch_input":[{"plaintext":"AAAA","plainte\u0078t":"e\u0048g=","reference":"a\u00e4\"\\\n","more":[1,{"a":2}],"context":null},{"plaintext":"eHg=","reference":null}],
             "unknown":{"x":[1]},"name":"other"}
            """;

        var reply = (await PostAsync($"transit/encrypt/{key}", body)).MustBeOk();

        var results = Results(reply);
        Assert.Equal(2, results.Length);
        Assert.Equal("xx", await transit.DecryptAsync(key, results[0]["ciphertext"]!.GetValue<string>()));
        Assert.Equal("aä\"\\\n", results[0]["reference"]!.GetValue<string>());
        Assert.Equal("", results[1]["reference"]!.GetValue<string>());
        Assert.Equal(
            [
                "Endpoint ignored these unrecognized parameters: [unknown]",
                "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [name]",
            ],
            reply.Warnings);
    }

    [Fact]
    public async Task One_item_too_many_is_refused_and_the_most_allowed_are_not()
    {
        var key = await transit.KeyAsync();
        var most = "{\"batch_input\":[" + string.Join(',', Enumerable.Repeat("{\"plaintext\":\"eHg=\"}", 100_000)) + "]}";

        (await PostAsync("transit/encrypt/not-made", most[..^2] + ",{\"plaintext\":\"\"}]}"))
            .MustFail(HttpStatusCode.BadRequest, "at most 100000");
        var reply = (await PostAsync($"transit/encrypt/{key}", most)).MustBeOk();

        Assert.Equal(100_000, Results(reply).Length);
        Assert.Equal(HttpStatusCode.NotFound, (await transit.Client.ReadAsync("transit/keys/not-made")).Status);
    }

    [Fact]
    public async Task A_body_above_the_limit_is_refused_unread()
    {
        using var content = new StreamContent(new MemoryStream(new byte[100_000_000]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transit/encrypt/orders") { Content = content };
        request.Headers.ExpectContinue = true;

        using var response = await transit.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("request body too large", await response.Content.ReadAsStringAsync());
    }

    private async Task<VaultReply> PostAsync(string path, string body)
    {
        using var response = await transit.Client.PostAsync("/v1/" + path, new StringContent(body, Encoding.UTF8, "application/json"));
        return new VaultReply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
