using Saas.Provisioning.Hcl.Functions;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>Calls of functions; those that look at their arguments' expressions themselves are here.</summary>
internal sealed partial class Evaluator
{
    private HclValue Call(CallExpression call, Scope scope)
    {
        if (scope.AllowsNothing)
        {
            throw new HclException(call.Range, "Function calls not allowed", "Functions may not be called here.");
        }

        return call.Name switch
        {
            "can" => HclBool.Of(Only(call, 1)[0] is var tried && ValueOf(tried, scope) is not null),
            "try" => Try(call, scope),
            "convert" => ConvertTo(Only(call, 2), scope),
            _ => Call(functions.Find(call.Name) ?? throw Unknown(call), call, scope),
        };
    }

    private HclException Unknown(CallExpression call) => functions.ReasonAgainst(call.Name) is { } reason
        ? new HclException(call.NameRange, "Error in function call", $"Call to function \"{call.Name}\" failed: {reason}.")
        : new HclException(call.NameRange, "Call to unknown function", $"There is no function named \"{call.Name}\".");

    private static IReadOnlyList<Expression> Only(CallExpression call, int count) => call.Arguments.Count == count && !call.ExpandsLast
        ? call.Arguments
        : throw new HclException(call.NameRange, "Wrong number of function arguments", $"Function \"{call.Name}\" expects {count} argument(s).");

    private HclValue Try(CallExpression call, Scope scope)
    {
        if (call.Arguments.Count == 0 || call.ExpandsLast)
        {
            throw new HclException(call.NameRange, "Not enough function arguments", "Function \"try\" expects at least one expression.");
        }

        return call.Arguments.Select(argument => ValueOf(argument, scope)).FirstOrDefault(value => value is not null)
            ?? throw new HclException(call.Range, "Error in function call", "Call to function \"try\" failed: no expression succeeded.");
    }

    private HclValue ConvertTo(IReadOnlyList<Expression> arguments, Scope scope)
    {
        var type = TypeExpression.Read(arguments[1]);
        var value = Evaluate(arguments[0], scope);
        budget.Spend(value.Weight);
        try
        {
            return Conversion.To(value, type);
        }
        catch (HclValueException error)
        {
            throw new HclException(arguments[0].Range, "Error in function call", $"Call to function \"convert\" failed: {error.Message}.");
        }
    }

    private HclValue Call(Function function, CallExpression call, Scope scope)
    {
        var (values, ranges) = Arguments(call, scope);
        if (values.Count < function.Parameters.Count)
        {
            throw new HclException(
                call.Range, "Not enough function arguments", $"Function \"{call.Name}\" expects {function.CountText} argument(s). Missing value for \"{function.Parameters[values.Count].Name}\".");
        }

        if (values.Count > function.Parameters.Count && function.Rest is null)
        {
            throw new HclException(ranges[function.Parameters.Count], "Too many function arguments", $"Function \"{call.Name}\" expects only {function.CountText} argument(s).");
        }

        var converted = new HclValue[values.Count];
        for (var i = 0; i < converted.Length; i++)
        {
            var parameter = i < function.Parameters.Count ? function.Parameters[i] : function.Rest!;
            converted[i] = Argument(values[i], parameter, ranges[i]);
            budget.Spend(function.LooksAtOne && values[i] is HclSequence or HclMapping ? 0 : values[i].Weight);
        }

        try
        {
            var result = function.Body(new FunctionCall(converted, budget));
            budget.Spend(function.LooksAtOne ? 0 : result.Weight);
            return result;
        }
        catch (HclValueException error)
        {
            throw new HclException(call.Range, "Error in function call", $"Call to function \"{call.Name}\" failed: {error.Message}.");
        }
    }

    private (List<HclValue> Values, List<SourceRange> Ranges) Arguments(CallExpression call, Scope scope)
    {
        var values = call.Arguments.Select(argument => Evaluate(argument, scope)).ToList();
        var ranges = call.Arguments.Select(argument => argument.Range).ToList();
        if (call.ExpandsLast)
        {
            var (last, range) = (values[^1], ranges[^1]);
            values.RemoveAt(values.Count - 1);
            ranges.RemoveAt(ranges.Count - 1);
            var elements = (last as HclSequence)?.Elements
                ?? throw new HclException(range, "Invalid expanding argument value", "The expanding argument (indicated by ...) must be of a tuple, list, or set type.");
            budget.Spend(elements.Count);
            values.AddRange(elements);
            ranges.AddRange(Enumerable.Repeat(range, elements.Count));
        }

        return (values, ranges);
    }

    private HclValue Argument(HclValue value, Parameter parameter, SourceRange range)
    {
        try
        {
            if (value.IsNull)
            {
                return parameter.AllowsNull ? value : throw new HclValueException("argument must not be null");
            }

            if (parameter.Type is AnyType || value.Type.Equals(parameter.Type))
            {
                return value;
            }

            budget.Spend(value.Weight);
            return Conversion.To(value, parameter.Type);
        }
        catch (HclValueException error)
        {
            throw new HclException(range, "Invalid function argument", $"Invalid value for \"{parameter.Name}\" parameter: {error.Message}.");
        }
    }
}
