using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Jobspec.Mapping;

namespace Saas.Provisioning.Jobspec.Variables;

/// <summary>The values that a request gives variables, and what all of them are then.</summary>
internal sealed class VariableValues(Evaluator evaluator, Faults faults)
{
    /// <summary>
    /// Takes over what a text of <c>name = value</c> says. A name that the file does not declare says nothing, as in Nomad: one text may
    /// serve several files.
    /// </summary>
    public void Assign(Dictionary<string, Variable> variables, Body values)
    {
        foreach (var block in values.Blocks)
        {
            faults.Add(block.Type == "variable"
                ? new Diagnostic(block.TypeRange, "Variable declaration in variable values", "Variables are declared in the job file; here one is given a value: name = value.")
                : new Diagnostic(block.TypeRange, $"Unexpected \"{block.Type}\" block", "Blocks are not allowed here."));
        }

        foreach (var attribute in values.Attributes)
        {
            if (variables.TryGetValue(attribute.Name, out var variable))
            {
                faults.Collect(() => variables[attribute.Name] = With(variable, attribute));
            }
        }
    }

    /// <summary>The object <c>var</c>. A variable without a value, or with one that a rule refuses, is a fault.</summary>
    public HclMapping ObjectOf(Dictionary<string, Variable> variables)
    {
        var values = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        foreach (var variable in variables.Values)
        {
            if (variable.Value is not { } value)
            {
                faults.Add(new Diagnostic(variable.Where, $"Unset variable \"{variable.Name}\"", "A used variable must be set or have a default value."));
                continue;
            }

            values[variable.Name] = value;
            foreach (var rule in variable.Validations)
            {
                faults.Collect(() => rule.Check(variable, evaluator));
            }
        }

        return HclMapping.Object(values);
    }

    private Variable With(Variable variable, HclAttribute attribute)
    {
        var value = evaluator.Evaluate(attribute.Value, Scope.None);
        try
        {
            return variable with
            {
                Value = variable.Type is null ? value : Conversion.To(value, variable.Type),
                ValueRange = attribute.Value.Range,
                From = "varfile",
            };
        }
        catch (HclValueException error)
        {
            throw new HclException(
                attribute.Value.Range, "Invalid value for variable", $"The value for {variable.Name} is not compatible with the variable's type constraint: {error.Message}.");
        }
    }
}
