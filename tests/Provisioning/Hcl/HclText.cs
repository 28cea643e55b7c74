using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Functions;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Tests.Hcl;

/// <summary>Expressions as a test writes them, and their values as JSON.</summary>
internal static class HclText
{
    public static Expression Parse(string text) => HclParser.ParseExpression(new SourceText("t.hcl", text));

    public static HclValue Value(string text, bool keepsUnknown = true) =>
        new Evaluator(FunctionTable.Standard, new WorkBudget()).Evaluate(Parse(text), Names(keepsUnknown));

    /// <summary>The value as the language's own JSON.</summary>
    public static string Json(string text) => ValueJson.Write(Value(text));

    /// <summary>What is said of an expression that has no value.</summary>
    public static string Fault(string text) => Assert.ThrowsAny<HclException>(() => Value(text, keepsUnknown: false)).Message;

    private static Scope Names(bool keepsUnknown) => new(null, new Dictionary<string, HclValue>
    {
        ["var"] = ValueJson.Read("""{"name":"web","n":3,"flag":true,"list":["a","b","c"],"map":{"x":1,"y":2},"objects":[{"id":1},{"id":2}],"nothing":null}"""),
        ["texts"] = HclSequence.List(HclType.Text, [new HclString("p"), new HclString("q")]),
        ["unique"] = HclSequence.Set(HclType.Text, [new HclString("b"), new HclString("a"), new HclString("b")]),
    })
    { KeepsUnknownNames = keepsUnknown };
}
