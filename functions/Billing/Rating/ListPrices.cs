using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;

namespace Saas.Billing.Rating;

/// <summary><c>GET /v1/prices</c>: what is charged, for everyone to read before signing up.</summary>
internal static class ListPrices
{
    public static void Map(IRouteTable routes) => routes
        .Map("GET", "/v1/prices", RouteAccess.Public("Prices are published."), static (request, _) =>
        {
            var response = Handle(request.Service<PriceBook>());
            return Task.FromResult(Results.Json(response, BillingJson.Default.PricesResponse));
        })
        .Summary("Prices by meter, past and coming ones included")
        .Produces(StatusCodes.Status200OK, BillingJson.Default.PricesResponse);

    public static PricesResponse Handle(PriceBook book) => new(
        book.Currency,
        [.. MeterUnit.AllMeters.SelectMany(meter => book.Of(meter)).Select(price => new PriceResponse(
            price.Meter,
            MeterUnit.Of(price.Meter).PricedName,
            Money.ToMajor(price.NanoPerUnit),
            price.EffectiveFrom))]);
}

internal sealed record PricesResponse(string Currency, IReadOnlyList<PriceResponse> Prices);

/// <param name="Unit">What the price is for.</param>
/// <param name="UnitPrice">In major units of the currency.</param>
/// <param name="EffectiveFrom">In force until the meter's next one.</param>
internal sealed record PriceResponse(string Meter, string Unit, decimal UnitPrice, DateTimeOffset EffectiveFrom);
