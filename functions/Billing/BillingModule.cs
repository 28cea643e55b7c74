using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Billing.Metering;
using Saas.Billing.Rating;
using Saas.Billing.Usage;
using Saas.Hosting.Modules;

namespace Saas.Billing;

/// <summary>Counts usage, prices it, and shows both.</summary>
public sealed class BillingModule : IModule
{
    /// <summary>Configuration: the path of the price book; default is <c>prices.json</c> beside the program.</summary>
    public const string PriceBookSetting = "SAAS_PRICE_BOOK";

    public string Name => "billing";

    /// <summary>For <see cref="ForgetCountedItems"/> alone.</summary>
    public bool NeedsPlatformScope => true;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        var path = configuration[PriceBookSetting] is { Length: > 0 } configured
            ? configured
            : Path.Combine(AppContext.BaseDirectory, "prices.json");

        // Now and not at first use: with wrong prices the app does not start.
        services.AddSingleton(PriceBookFile.Load(path));
        services.AddSingleton<UsageLedger>();
        services.AddSingleton<UsageIngest>();
        services.AddSingleton<ForgetCountedItems>();
        services.AddSingleton<GetUsageHandler>();
    }

    public void MapRoutes(IRouteTable routes)
    {
        GetUsage.Map(routes);
        ListPrices.Map(routes);
    }

    public void MapTriggers(ITriggerTable triggers)
    {
        UsageIngest.Map(triggers);
        ForgetCountedItems.Map(triggers);
    }
}
