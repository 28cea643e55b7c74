using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Hosting.Hosts;
using Saas.Identity.Access;
using Saas.Storage.Leases;
using Saas.Storage.Queues;
using Saas.Storage.Signals;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Support;

/// <summary>A module under Kestrel on a free port, with a tenant whose key may do everything.</summary>
public sealed class TestApp : IAsyncDisposable
{
    public const string OwnerKey = "saas_owner-of-the-first-tenant";

    private readonly WebApplication _app;

    private TestApp(WebApplication app, PlatformServices platform, FakeAuthenticator keys, CapturedLog log)
    {
        (_app, Platform, Keys, Log) = (app, platform, keys, log);
        Tenant = TenantId.New(TimeProvider.System);
        Owner = keys.Add(OwnerKey, Tenant, "prod", "*");
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OwnerKey);
        Anonymous = new HttpClient { BaseAddress = Address };
    }

    public Uri Address { get; }
    public TenantId Tenant { get; }
    public Principal Owner { get; }
    public PlatformServices Platform { get; }
    public FakeAuthenticator Keys { get; }
    public CapturedLog Log { get; }

    /// <summary>Sends the owner's key.</summary>
    public HttpClient Client { get; }

    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _app.Services;

    public static PlatformServices InMemory(ITableStore? store = null, TimeProvider? time = null)
    {
        store ??= new InMemoryTableStore();
        time ??= TimeProvider.System;
        var signal = new InProcessChangeSignal(time);
        return new PlatformServices(store, new StoreMessageQueue(store, signal, time), new StoreLease(store, time), signal, time);
    }

    public static async Task<TestApp> StartAsync(
        TestModule module, HostingOptions? options = null, PlatformServices? platform = null)
    {
        options ??= new HostingOptions();
        platform ??= InMemory();
        var keys = new FakeAuthenticator();
        var log = new CapturedLog();
        var app = KestrelHost.Build(module, platform, options with
        {
            Logging = logging => logging.AddProvider(log),
            Services = services =>
            {
                services.RemoveAll<ICredentialAuthenticator>();
                services.AddSingleton<ICredentialAuthenticator>(keys);
                options.Services?.Invoke(services);
            },
        });
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestApp(app, platform, keys, log);
    }

    public Task StopAsync() => _app.StopAsync();

    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

public static class ResponseExtensions
{
    /// <summary>The problem document, with what every problem must have.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string name)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"Expected {status}, was {response.StatusCode}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal("urn:saas:problem:" + name, problem.GetProperty("type").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEqual("", problem.GetProperty("title").GetString());
        return problem;
    }
}
