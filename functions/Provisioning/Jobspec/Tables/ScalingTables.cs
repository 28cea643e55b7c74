using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Jobspec.Mapping;
using static Saas.Provisioning.Jobspec.Mapping.Spec;

namespace Saas.Provisioning.Jobspec.Tables;

/// <summary>Scaling policies: a group has one for its count, a task one for each of its resources.</summary>
internal static class ScalingTables
{
    private const string Horizontal = "horizontal";
    private const string Label = "#Label";

    private static readonly Entry[] Policy =
    [
        Whole("min", "Min", long.MinValue, long.MaxValue),
        Flag("enabled", "Enabled"),
        Text("type", "Type"),
        Free("policy", "Policy"),
    ];

    private static readonly AttributeEntry Max = Whole("max", "Max", long.MinValue, long.MaxValue);

    public static readonly BlockEntry OfGroup = One("scaling", "Scaling", new BodySpec([.. Policy, Required(Max)])) with { Inspect = InspectGroup };

    public static readonly BlockEntry OfTask =
        Many("scaling", "ScalingPolicies", new BodySpec([.. Policy, Max]), label: Label) with { Inspect = InspectTask };

    private static void InspectGroup(HclBlock block, JsonObject policy, JsonObject group)
    {
        policy["Type"] ??= Horizontal;
        if (policy["Type"]!.GetValue<string>() is not Horizontal and var type)
        {
            throw new HclException(
                block.Body.Find("type")!.Value.Range, "Invalid group scaling type", $"task group scaling policy had invalid type: \"{type}\"");
        }
    }

    private static void InspectTask(HclBlock block, JsonObject policy, JsonObject task)
    {
        policy.Remove(Label);
        var label = block.Labels[0];
        var type = label.Text.ToLowerInvariant() switch
        {
            "cpu" => "vertical_cpu",
            "mem" => "vertical_mem",
            _ => throw new HclException(label.Range, "Invalid scaling policy name", "scaling policy name must be \"cpu\" or \"mem\""),
        };
        policy["Type"] ??= type;
        if (policy["Type"]!.GetValue<string>() is var given && given != type)
        {
            throw new HclException(block.HeadRange, "Invalid scaling policy type", $"Invalid policy type, expected \"{type}\" but found \"{given}\"");
        }

        if (task["ScalingPolicies"] is JsonArray policies && policies.Any(other => other!["Type"]!.GetValue<string>() == type))
        {
            throw new HclException(block.HeadRange, $"Duplicate scaling \"{label.Text}\" block", $"Only one scaling {label.Text} block is allowed.");
        }
    }
}
