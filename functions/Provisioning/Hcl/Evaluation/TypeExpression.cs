using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>Types as they are written: <c>list(object({ name = string }))</c>.</summary>
internal static class TypeExpression
{
    /// <exception cref="HclException">It is no type.</exception>
    public static HclType Read(Expression expression) => expression switch
    {
        ReferenceExpression { Steps.Count: 0 } word => Word(word),
        CallExpression call => Call(call),
        LiteralExpression { Value: HclString } text => throw Invalid(text.Range, "A type is a name or a call, without quotes."),
        _ => throw Invalid(expression.Range, "A type is one of string, number, bool, any, list(…), set(…), map(…), tuple([…]) and object({…})."),
    };

    private static HclType Word(ReferenceExpression word) => word.Root switch
    {
        "string" => HclType.Text,
        "number" => HclType.Number,
        "bool" => HclType.Bool,
        "any" => HclType.Any,
        "list" or "set" or "map" => throw Invalid(word.Range, $"The {word.Root} type constructor requires one argument specifying the element type."),
        "tuple" => throw Invalid(word.Range, "The tuple type constructor requires one argument specifying the element types as a list."),
        "object" => throw Invalid(word.Range, "The object type constructor requires one argument specifying the attribute types and values as a map."),
        _ => throw Invalid(word.Range, $"The keyword \"{word.Root}\" is not a valid type specification."),
    };

    private static HclType Call(CallExpression call)
    {
        if (call.Arguments is not [var argument] || call.ExpandsLast)
        {
            throw Invalid(call.Range, $"The {call.Name} type constructor requires one argument.");
        }

        return (call.Name, argument) switch
        {
            ("list", _) => HclType.ListOf(Read(argument)),
            ("set", _) => HclType.SetOf(Read(argument)),
            ("map", _) => HclType.MapOf(Read(argument)),
            ("tuple", TupleExpression tuple) => new TupleType([.. tuple.Elements.Select(Read)]),
            ("object", ObjectExpression entries) => Object(entries),
            ("tuple" or "object", _) => throw Invalid(argument.Range, "A tuple's types stand in brackets, an object's in braces with their names."),
            ("optional", _) => throw Invalid(call.Range, "Optional attributes are not supported."),
            _ => throw Invalid(call.NameRange, $"The keyword \"{call.Name}\" is not a valid type constructor."),
        };
    }

    private static ObjectType Object(ObjectExpression expression)
    {
        var attributes = new Dictionary<string, HclType>(StringComparer.Ordinal);
        foreach (var item in expression.Items)
        {
            attributes[item.Key switch
            {
                ReferenceExpression { Steps.Count: 0 } name => name.Root,
                LiteralExpression { Value: HclString text } => text.Text,
                _ => throw Invalid(item.Key.Range, "Object constructor map keys must be attribute names."),
            }] = Read(item.Value);
        }

        return new ObjectType(attributes);
    }

    private static HclException Invalid(SourceRange range, string detail) => new(range, "Invalid type specification", detail);
}
