using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Jobspec.Variables;

/// <summary>A condition that a variable's value must meet, and what is said where it does not.</summary>
internal sealed record VariableValidation(Expression Condition, string Message, SourceRange Where)
{
    /// <exception cref="HclException">It is not formed as it must be, or is about something else than the variable.</exception>
    public static VariableValidation Read(string variable, HclBlock block, Evaluator evaluator)
    {
        foreach (var attribute in OnlyAttributes.Of(block).Where(attribute => attribute.Name is not ("condition" or "error_message")))
        {
            throw new HclException(attribute.NameRange, "Unsupported argument", $"An argument named \"{attribute.Name}\" is not expected here.");
        }

        var condition = Required(block, "condition").Value;
        CheckReferences(variable, condition);
        var text = Required(block, "error_message").Value;
        return evaluator.Evaluate(text, Scope.None) is HclString { Text: var message } && !string.IsNullOrWhiteSpace(message)
            ? new VariableValidation(condition, message, block.HeadRange)
            : throw new HclException(text.Range, "Invalid validation error message", "The message is a text, and not an empty one.");
    }

    /// <exception cref="HclException">The value does not meet it, or the condition has no value.</exception>
    public void Check(Variable variable, Evaluator evaluator)
    {
        var names = new Dictionary<string, HclValue>(StringComparer.Ordinal)
        {
            ["var"] = HclMapping.Object(new Dictionary<string, HclValue>(StringComparer.Ordinal) { [variable.Name] = variable.Value! }),
        };
        if (!Holds(evaluator.Evaluate(Condition, new Scope(null, names))))
        {
            throw new HclException(
                variable.ValueRange, $"Invalid value for {variable.From} variable", $"{Message}\n\nThis was checked by the validation rule at {Where}.");
        }
    }

    private bool Holds(HclValue result)
    {
        try
        {
            return result.IsNull
                ? throw new HclValueException("it must be either true or false, not null")
                : ((HclBool)Conversion.To(result, HclType.Bool)).Value;
        }
        catch (HclValueException error)
        {
            throw new HclException(Condition.Range, "Invalid variable validation result", $"Invalid validation condition result value: {error.Message}.");
        }
    }

    private static HclAttribute Required(HclBlock block, string name) => block.Body.Find(name)
        ?? throw new HclException(block.Body.EndRange, "Missing required argument", $"The argument \"{name}\" is required, but no definition was found.");

    private static void CheckReferences(string variable, Expression condition)
    {
        var references = References.Of(condition);
        foreach (var reference in references)
        {
            if (reference.Root != "var" || reference.Steps is not [AttributeStep step, ..] || step.Name != variable)
            {
                throw new HclException(
                    reference.Range, "Invalid reference in variable validation", $"The condition for variable \"{variable}\" can only refer to the variable itself, using var.{variable}.");
            }
        }

        if (references.Count == 0)
        {
            throw new HclException(
                condition.Range, "Invalid variable validation condition", $"The condition for variable \"{variable}\" must refer to var.{variable} in order to test incoming values.");
        }
    }
}
