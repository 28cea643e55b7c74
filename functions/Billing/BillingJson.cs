using System.Text.Json.Serialization;
using Saas.Billing.Rating;
using Saas.Billing.Usage;

namespace Saas.Billing;

/// <summary>What this app answers with.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PricesResponse))]
[JsonSerializable(typeof(UsageResponse))]
internal sealed partial class BillingJson : JsonSerializerContext;
