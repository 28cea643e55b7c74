using Saas.Discovery.Model;

namespace Saas.Discovery.Filter.Fields;

/// <summary>Of the weights in a service.</summary>
internal static class WeightFields
{
    public static readonly IFilterFields<ServiceWeights> Instance = new FilterFields<ServiceWeights>()
        .Number("Passing", static weights => weights.Passing)
        .Number("Warning", static weights => weights.Warning);
}
