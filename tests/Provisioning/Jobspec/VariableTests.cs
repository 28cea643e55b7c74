namespace Saas.Provisioning.Tests.Jobspec;

public sealed class VariableTests
{
    [Theory]
    [InlineData("type = string", "v = 3", "\"3\"")]
    [InlineData("type = number", "v = \"3\"", "3")]
    [InlineData("type = bool", "v = \"true\"", "true")]
    [InlineData("type = list(string)", "v = [1, \"a\"]", "[\"1\",\"a\"]")]
    [InlineData("type = set(string)", "v = [\"b\", \"a\", \"b\"]", "[\"a\",\"b\"]")]
    [InlineData("type = map(number)", "v = { a = \"1\" }", "{\"a\":1}")]
    [InlineData("type = object({ a = number, b = list(bool) })", "v = { a = 1, b = [true], c = 2 }", "{\"a\":1,\"b\":[true]}")]
    [InlineData("type = tuple([string, number])", "v = [1, 2]", "[\"1\",2]")]
    [InlineData("type = list(object({ a = string }))\ndefault = [{ a = \"x\" }]", "", "[{\"a\":\"x\"}]")]
    [InlineData("type = any", "v = [1, \"a\"]", "[1,\"a\"]")]
    [InlineData("default = 5", "v = \"6\"", "6")]
    [InlineData("", "v = { a = 1 }", "{\"a\":1}")]
    public void Values_have_the_types_of_their_variables(string declaration, string values, string json)
    {
        var job = JobText.Read($"variable \"v\" {{\n{declaration}\n}}\njob \"j\" {{\n meta {{\n v = jsonencode(var.v)\n }}\n}}", values);

        Assert.Equal(json, job.Meta!["v"]);
    }

    [Theory]
    [InlineData("type = number", "v = \"x\"", "variables.hcl:1,5-8: Invalid value for variable; The value for v is not compatible with the variable's type constraint: a number is required.")]
    [InlineData("type = list(number)", "v = [1, \"x\"]", "element 1: a number is required")]
    [InlineData("type = map(string)", "v = { a = [] }", "element \"a\": string required")]
    [InlineData("type = object({ a = string, b = string })", "v = {}", "attributes \"a\", \"b\" are required")]
    [InlineData("type = bool", "v = \"TRUE\"", "use lowercase")]
    [InlineData("type = string\ndefault = []", "", "input.hcl:3,11-13: Invalid default value for variable")]
    [InlineData("type = \"string\"", "", "Invalid type specification")]
    [InlineData("type = strings", "", "The keyword \"strings\" is not a valid type specification")]
    [InlineData("type = list", "", "requires one argument")]
    [InlineData("default = upper(\"a\")", "", "Function calls not allowed")]
    [InlineData("default = var.other", "", "Variables not allowed")]
    [InlineData("default = \"${NOMAD_X}\"", "", "Variables not allowed")]
    [InlineData("nope = 1", "", "An argument named \"nope\" is not expected here")]
    [InlineData("validation {\n condition = true\n error_message = \"x\"\n}", "", "must refer to var.v")]
    [InlineData("validation {\n condition = var.w\n error_message = \"x\"\n}", "", "can only refer to the variable itself")]
    [InlineData("validation {\n condition = var.v\n}", "", "The argument \"error_message\" is required")]
    [InlineData("validation {\n condition = var.v\n error_message = \" \"\n}", "", "Invalid validation error message")]
    [InlineData("default = 1\nvalidation {\n condition = var.v > 1\n error_message = \"ビルド番号\"\n}", "", "input.hcl:2,11-12: Invalid value for default variable; ビルド番号\n\nThis was checked by the validation rule at input.hcl:3,1-11.")]
    [InlineData("validation {\n condition = var.v > 1\n error_message = \"too small\"\n}", "v = 1", "variables.hcl:1,5-6: Invalid value for varfile variable; too small")]
    [InlineData("validation {\n condition = \"x${var.v}\"\n error_message = \"x\"\n}", "v = 1", "Invalid variable validation result")]
    [InlineData("default = 1", "variable \"v\" {}", "Variable declaration in variable values")]
    [InlineData("default = 1", "v = ", "Missing expression")]
    [InlineData("default = 1", "{\"v\": 1}", "JSON is not read here")]
    [InlineData("default = 1\n}\nvariable \"v\" {\n default = 2", "", "Duplicate variable")]
    [InlineData("default = 1\n}\nvariable \"1v\" {\n default = 2", "", "Invalid variable name")]
    public void What_a_variable_cannot_be_is_told_where(string declaration, string values, string fault) =>
        Assert.Contains(fault, JobText.Faults($"variable \"v\" {{\n{declaration}\n}}\njob \"j\" {{}}", values)[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("a = local.b\n b = local.a", "Circular reference in locals")]
    [InlineData("a = local.a", "Circular reference in locals")]
    [InlineData("a = 1\n}\nlocals {\n a = 2", "Duplicate value in locals")]
    [InlineData("a = local.absent", "does not have an attribute named \"absent\"")]
    [InlineData("a = local", "Invalid reference in locals")]
    [InlineData("a {\n}", "Blocks are not allowed here")]
    public void What_locals_cannot_be(string text, string fault) => Assert.Contains(fault, JobText.Faults($"locals {{\n {text}\n}}\njob \"j\" {{}}")[0], StringComparison.Ordinal);

    [Fact]
    public void Locals_in_a_long_chain_are_found_and_too_deep_a_value_is_refused()
    {
        var chain = string.Concat(Enumerable.Range(1, 5000).Select(i => $"a{i} = local.a{i - 1} + 1\n"));
        Assert.Equal("5000", JobText.Read($"locals {{\n a0 = 0\n{chain}}}\njob \"j\" {{\n region = local.a5000\n}}").Region);

        var deep = string.Concat(Enumerable.Range(1, 100).Select(i => $"a{i} = [local.a{i - 1}]\n"));
        Assert.Contains("nested more than", JobText.Fault($"locals {{\n a0 = 0\n{deep}}}\njob \"j\" {{}}"), StringComparison.Ordinal);

        var wide = string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i} = [local.a{i - 1}, local.a{i - 1}]\n"));
        Assert.Contains("too many elements", JobText.Fault($"locals {{\n a0 = 0\n{wide}}}\njob \"j\" {{}}"), StringComparison.Ordinal);
    }
}
