using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Saas.Registry.Tests.Shared;

namespace Saas.Registry.Tests.Coordinates;

public sealed class CoordinateRoutesTests : IAsyncLifetime
{
    private RegistryHost _host = null!;
    private Customer _customer = null!;

    private HttpClient Client => _customer.Client;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync();
        _customer = await _host.SignUpAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Update_KnownNode_IsShownByNodeAndInTheList()
    {
        await RegisterAsync("n1");

        Assert.Equal(HttpStatusCode.OK, (await UpdateAsync("n1", 0.01)).StatusCode);

        var one = (await Client.GetFromJsonAsync<JsonElement>("/v1/coordinate/node/N1", TestContext.Current.CancellationToken))[0];
        Assert.Equal("n1", one.GetProperty("Node").GetString());
        Assert.Equal("", one.GetProperty("Segment").GetString());
        Assert.Equal(0.01, one.GetProperty("Coord").GetProperty("Vec")[0].GetDouble());
        Assert.Equal(1.5, one.GetProperty("Coord").GetProperty("Error").GetDouble());
        var all = await Client.GetFromJsonAsync<JsonElement>("/v1/coordinate/nodes", TestContext.Current.CancellationToken);
        Assert.Equal(1, all.GetArrayLength());
    }

    [Fact]
    public async Task Update_UnknownNode_IsAcceptedAndForgotten()
    {
        Assert.Equal(HttpStatusCode.OK, (await UpdateAsync("ghost", 0.01)).StatusCode);

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/v1/coordinate/node/ghost")).StatusCode);
    }

    [Theory]
    [InlineData("""{"Node":"n1","Coord":{"Vec":[0,0],"Height":1e-5}}""", HttpStatusCode.InternalServerError, "incompatible coordinate")]
    [InlineData("""{"Node":"n1","Coord":{"Vec":[1e999,0,0,0,0,0,0,0]}}""", HttpStatusCode.InternalServerError, "invalid coordinate")]
    [InlineData("""{"Node":"n1"}""", HttpStatusCode.BadRequest, "Request decode failed: Coord is missing")]
    [InlineData("""{"Node":""", HttpStatusCode.BadRequest, "Request decode failed")]
    [InlineData("""{"Node":"n1","Segment":"a","Coord":{"Vec":[0,0,0,0,0,0,0,0]}}""", HttpStatusCode.BadRequest, "Segment")]
    public async Task Update_Malformed_IsRefused(string body, HttpStatusCode status, string text)
    {
        var response = await Client.PutAsync("/v1/coordinate/update", new StringContent(body), TestContext.Current.CancellationToken);

        Assert.Equal(status, response.StatusCode);
        Assert.StartsWith(text, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_Blocking_AnswersWhenACoordinateMoves()
    {
        await RegisterAsync("n1");
        await UpdateAsync("n1", 0.01);
        var index = (await GetAsync("/v1/coordinate/nodes")).Headers.GetValues("X-Consul-Index").Single();

        var waiting = Client.GetAsync($"/v1/coordinate/nodes?index={index}&wait=60s", TestContext.Current.CancellationToken);
        await UpdateAsync("n1", 0.02);

        var answer = await (await waiting).Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(0.02, answer[0].GetProperty("Coord").GetProperty("Vec")[0].GetDouble());
    }

    [Fact]
    public async Task Datacenters_TwoSites_HaveTheirServerAtTheOrigin()
    {
        await _host.AddSiteAsync(_customer, "berlin");
        await _host.AddSiteAsync(_customer, "tokyo");

        var all = await Client.GetFromJsonAsync<JsonElement>("/v1/coordinate/datacenters", TestContext.Current.CancellationToken);

        Assert.Equal(["berlin", "tokyo"], all.EnumerateArray().Select(d => d.GetProperty("Datacenter").GetString()).Order(StringComparer.Ordinal));
        Assert.All(all.EnumerateArray(), d => Assert.Equal("WAN", d.GetProperty("AreaID").GetString()));
        Assert.Equal(8, all[0].GetProperty("Coordinates")[0].GetProperty("Coord").GetProperty("Vec").GetArrayLength());
    }

    private async Task RegisterAsync(string node) =>
        (await Client.PutAsJsonAsync("/v1/catalog/register", new { Node = node, Address = "10.0.0.1" }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

    private Task<HttpResponseMessage> UpdateAsync(string node, double x) => Client.PutAsJsonAsync(
        "/v1/coordinate/update",
        new { Node = node, Coord = new { Vec = new[] { x, 0, 0, 0, 0, 0, 0, 0 }, Error = 1.5, Adjustment = 0, Height = 1e-5 } },
        TestContext.Current.CancellationToken);

    private Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);
}
