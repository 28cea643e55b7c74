using Saas.Provisioning.Hcl.Functions;

namespace Saas.Provisioning.Tests.Hcl;

public sealed class FunctionTests
{
    [Theory]
    [InlineData("abs(-1.5)", "1.5")]
    [InlineData("ceil(1.2)", "2")]
    [InlineData("ceil(-1.2)", "-1")]
    [InlineData("floor(-1.2)", "-2")]
    [InlineData("floor(7)", "7")]
    [InlineData("log(16, 2)", "4")]
    [InlineData("pow(2, 10)", "1024")]
    [InlineData("signum(-4)", "-1")]
    [InlineData("max(3, 12, 9)", "12")]
    [InlineData("min([4, 2, 8]...)", "2")]
    [InlineData("parseint(\"ff\", 16)", "255")]
    [InlineData("parseint(\"-1010\", 2)", "-10")]
    public void Numbers(string text, string json) => Assert.Equal(json, HclText.Json(text));

    [Theory]
    [InlineData(@"chomp(""a\r\n\n"")", "\"a\"")]
    [InlineData(@"indent(2, ""a\nb"")", @"""a\n  b""")]
    [InlineData("join(\", \", [\"a\", \"b\"], [\"c\"])", "\"a, b, c\"")]
    [InlineData("lower(\"ÄB\")", "\"äb\"")]
    [InlineData("title(\"hello wide world\")", "\"Hello Wide World\"")]
    [InlineData("replace(\"1 + 2 + 3\", \"+\", \"-\")", "\"1 - 2 - 3\"")]
    [InlineData("regex_replace(\"hello world\", \"(w)(o)\", \"$2$${1}-$0\")", "\"hello ow-world\"")]
    [InlineData("split(\",\", \"a,b,\")", "[\"a\",\"b\",\"\"]")]
    [InlineData("strlen(\"éa😀\")", "3")]
    [InlineData("strrev(\"abc\")", "\"cba\"")]
    [InlineData("substr(\"hello world\", 1, 4)", "\"ello\"")]
    [InlineData("substr(\"hello\", -3, -1)", "\"llo\"")]
    [InlineData("trim(\"?!hello?!\", \"!?\")", "\"hello\"")]
    [InlineData("trimprefix(\"helloworld\", \"hello\")", "\"world\"")]
    [InlineData("trimsuffix(\"helloworld\", \"world\")", "\"hello\"")]
    [InlineData(@"trimspace("" \n x "")", "\"x\"")]
    [InlineData("format(\"%s-%03d %.2f %q %t %v %#v %x|%5s|%-5s|%%\", \"a\", 7, 1.005, \"q\", true, [1], \"s\", 255, \"r\", \"l\")", "\"a-007 1.00 \\\"q\\\" true [1] \\\"s\\\" ff|    r|l    |%\"")]
    [InlineData("format(\"%[2]s %[1]s\", \"a\", \"b\")", "\"b a\"")]
    [InlineData("formatlist(\"%s-%s\", \"x\", [\"a\", \"b\"])", "[\"x-a\",\"x-b\"]")]
    public void Texts(string text, string json) => Assert.Equal(json, HclText.Json(text));

    [Theory]
    [InlineData("chunklist([\"a\", \"b\", \"c\"], 2)", "[[\"a\",\"b\"],[\"c\"]]")]
    [InlineData("coalesce(null, \"\", \"a\")", "\"\"")]
    [InlineData("coalescelist([], [1])", "[1]")]
    [InlineData("compact([\"a\", \"\", \"b\"])", "[\"a\",\"b\"]")]
    [InlineData("concat([1], [\"a\"], [])", "[1,\"a\"]")]
    [InlineData("contains([\"a\", \"b\"], \"b\")", "true")]
    [InlineData("distinct([\"a\", \"b\", \"a\"])", "[\"a\",\"b\"]")]
    [InlineData("element([\"a\", \"b\"], 3)", "\"b\"")]
    [InlineData("flatten([[1, [2]], [], 3])", "[1,2,3]")]
    [InlineData("index([\"a\", \"b\"], \"b\")", "1")]
    [InlineData("index({ a = 5 }, \"a\")", "5")]
    [InlineData("keys({ b = 1, a = 2 })", "[\"a\",\"b\"]")]
    [InlineData("length({ a = 1 })", "1")]
    [InlineData("length([1, 2])", "2")]
    [InlineData("lookup({ a = 1 }, \"b\", 2)", "2")]
    [InlineData("merge({ a = 1, b = 1 }, null, { b = 2 })", "{\"a\":1,\"b\":2}")]
    [InlineData("range(3)", "[0,1,2]")]
    [InlineData("range(1, 4)", "[1,2,3]")]
    [InlineData("range(4, 1)", "[4,3,2]")]
    [InlineData("range(1, 8, 2)", "[1,3,5,7]")]
    [InlineData("reverse([1, 2])", "[2,1]")]
    [InlineData("reverse(\"ab\")", "\"ba\"")]
    [InlineData("slice([\"a\", \"b\", \"c\"], 1, 3)", "[\"b\",\"c\"]")]
    [InlineData("sort([\"b\", \"a\"])", "[\"a\",\"b\"]")]
    [InlineData("values({ b = 1, a = 2 })", "[2,1]")]
    [InlineData("zipmap([\"a\", \"b\"], [1, 2])", "{\"a\":1,\"b\":2}")]
    [InlineData("setunion([\"b\"], [\"a\", \"b\"])", "[\"a\",\"b\"]")]
    [InlineData("setintersection([\"a\", \"b\"], [\"b\", \"c\"])", "[\"b\"]")]
    [InlineData("setproduct([\"x\", \"y\"], [1, 2])", "[[\"x\",1],[\"x\",2],[\"y\",1],[\"y\",2]]")]
    public void Collections(string text, string json) => Assert.Equal(json, HclText.Json(text));

    [Theory]
    [InlineData("base64encode(\"hé\")", "\"aMOp\"")]
    [InlineData("base64decode(\"aMOp\")", "\"hé\"")]
    [InlineData(@"csvdecode(""a,b\n1,\""x,\""\""y\""\n"")", "[{\"a\":\"1\",\"b\":\"x,\\\"y\"}]")]
    [InlineData(@"jsondecode(""{\""a\"": [1.5, null, true]}"")", "{\"a\":[1.5,null,true]}")]
    [InlineData("jsonencode({ b = \"<a>\", a = [1] })", @"""{\""a\"":[1],\""b\"":\""\\u003ca\\u003e\""}""")]
    [InlineData("urlencode(\"a b/ü\")", "\"a+b%2F%C3%BC\"")]
    [InlineData("yamlencode({ a = [1, { b = \"x\", c = true }], d = {}, e = \"p\\nq\\n\" })", "\"\\\"a\\\":\\n- 1\\n- \\\"b\\\": \\\"x\\\"\\n  \\\"c\\\": true\\n\\\"d\\\": {}\\n\\\"e\\\": |\\n  p\\n  q\\n\"")]
    [InlineData("md5(\"hello\")", "\"5d41402abc4b2a76b9719d911017c592\"")]
    [InlineData("sha1(\"hello\")", "\"aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d\"")]
    [InlineData("sha256(\"hello\")", "\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"")]
    [InlineData("substr(sha512(\"hello\"), 0, 16)", "\"9b71d224bd62f378\"")]
    [InlineData("uuidv5(\"dns\", \"www.terraform.io\")", "\"a5008fae-b28c-5ba5-96cd-82b4c53552d6\"")]
    [InlineData("strlen(uuidv4())", "36")]
    [InlineData("formatdate(\"DD MMM YYYY hh:mm ZZZ\", \"2018-01-02T23:12:01Z\")", "\"02 Jan 2018 23:12 UTC\"")]
    [InlineData("formatdate(\"EEEE, DD-MMM-YY hh:mm:ss ZZZ\", \"2018-01-02T23:12:01-08:00\")", "\"Tuesday, 02-Jan-18 23:12:01 -0800\"")]
    [InlineData("formatdate(\"h'h'mm 'o''clock' H AA Z\", \"2018-01-02T23:12:01Z\")", "\"23h12 o'clock 11 PM Z\"")]
    [InlineData("timeadd(\"2017-11-22T00:00:00Z\", \"10m\")", "\"2017-11-22T00:10:00Z\"")]
    [InlineData("timeadd(\"2017-11-22T00:00:00Z\", \"-1h30m\")", "\"2017-11-21T22:30:00Z\"")]
    [InlineData("cidrhost(\"10.12.127.0/20\", 16)", "\"10.12.112.16\"")]
    [InlineData("cidrhost(\"10.12.127.0/20\", -1)", "\"10.12.127.255\"")]
    [InlineData("cidrhost(\"fd00:fd12:3456:7890:00a2::/72\", 34)", "\"fd00:fd12:3456:7890::22\"")]
    [InlineData("cidrnetmask(\"172.16.0.0/12\")", "\"255.240.0.0\"")]
    [InlineData("cidrsubnet(\"172.16.0.0/12\", 4, 2)", "\"172.18.0.0/16\"")]
    [InlineData("cidrsubnet(\"fd00:fd12:3456:7890::/56\", 16, 162)", "\"fd00:fd12:3456:7800:a200::/72\"")]
    [InlineData("cidrsubnets(\"10.1.0.0/16\", 4, 4, 8, 4)", "[\"10.1.0.0/20\",\"10.1.16.0/20\",\"10.1.32.0/24\",\"10.1.48.0/20\"]")]
    [InlineData("can(var.absent)", "false")]
    [InlineData("try(var.absent, \"x\")", "\"x\"")]
    [InlineData("convert(\"3\", number)", "3")]
    [InlineData("convert([1, \"a\"], list(string))", "[\"1\",\"a\"]")]
    [InlineData("convert({ a = 1, b = 2 }, object({ a = string }))", "{\"a\":\"1\"}")]
    [InlineData("convert([3, 1, 3], set(number))", "[1,3]")]
    [InlineData("convert([\"1\", true], tuple([number, string]))", "[1,\"true\"]")]
    public void Encodings_hashes_dates_networks_and_types(string text, string json) => Assert.Equal(json, HclText.Json(text));

    [Theory]
    [InlineData("range(1, 5, 0)", "step must not be zero")]
    [InlineData("range(1000000000)", "more than 1024 values")]
    [InlineData("range(1, 5, -1)", "leads away")]
    [InlineData("element([], 0)", "empty list")]
    [InlineData("regex_replace(\"a\", \"(\", \"\")", "invalid regular expression")]
    [InlineData("regex_replace(\"a\", \"(?P<x>a)\", \"$x\")", "groups are named by number")]
    [InlineData("regex_replace(\"a\", \"(a)\\\\1\", \"\")", "invalid regular expression")]
    [InlineData("base64decode(\"%\")", "not base64")]
    [InlineData("base64decode(\"/w==\")", "not valid UTF-8")]
    [InlineData("jsondecode(\"{\")", "invalid JSON")]
    [InlineData("csvdecode(\"a,b\\n1\")", "has 1 fields, not 2")]
    [InlineData("formatdate(\"YYYYY\", \"2018-01-02T23:12:01Z\")", "invalid date format verb")]
    [InlineData("formatdate(\"YYYY\", \"yesterday\")", "not a valid RFC3339 timestamp")]
    [InlineData("timeadd(\"9999-12-31T00:00:00Z\", \"48h\")", "outside of the years")]
    [InlineData("cidrsubnet(\"10.0.0.0/8\", 30, 0)", "insufficient address space")]
    [InlineData("cidrhost(\"10.0.0.0\", 1)", "invalid CIDR expression")]
    [InlineData("cidrsubnets(\"10.0.0.0/30\", 1, 1, 1)", "not enough remaining address space")]
    [InlineData("format(\"%d\")", "not enough arguments")]
    [InlineData("format(\"x\", 1)", "too many arguments")]
    [InlineData("format(\"%d\", \"a\")", "a number is required")]
    [InlineData("format(\"%y\", 1)", "unsupported format verb")]
    [InlineData("format(\"%99999999d\", 1)", "a width of more than")]
    [InlineData("parseint(\"9\", 8)", "cannot parse")]
    [InlineData("pow(10, 400)", "not a finite number")]
    [InlineData("zipmap([\"a\"], [])", "does not match number of values")]
    [InlineData("bcrypt(\"x\")", "another each time")]
    [InlineData("rsadecrypt(\"AA==\", \"no key\")", "no RSA key in PEM")]
    [InlineData("try(var.absent)", "no expression succeeded")]
    [InlineData("convert(1, list(string))", "list of string required")]
    [InlineData("convert({}, object({ a = string }))", "attribute \"a\" is required")]
    [InlineData("convert(1, \"string\")", "Invalid type specification")]
    [InlineData("convert(1, strin)", "Invalid type specification")]
    [InlineData("convert({}, object({ a = optional(string) }))", "Optional attributes are not supported")]
    [InlineData("uuidv5(\"nope\", \"x\")", "doesn't support this namespace")]
    [InlineData("length(\"text\")", "must be a list")]
    public void What_a_function_cannot_do_is_told(string text, string fault) => Assert.Contains(fault, HclText.Fault(text), StringComparison.Ordinal);

    /// <summary>https://developer.hashicorp.com/nomad/docs/reference/hcl2/functions</summary>
    [Fact]
    public void All_functions_of_Nomad_are_there_or_refused_with_a_reason()
    {
        string[] documented =
        [
            "abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "signum",
            "chomp", "format", "formatlist", "indent", "join", "lower", "regex_replace", "replace", "split", "strlen", "strrev", "substr", "title",
            "trim", "trimprefix", "trimsuffix", "trimspace", "upper",
            "chunklist", "coalesce", "coalescelist", "compact", "concat", "contains", "distinct", "element", "flatten", "index", "keys", "length",
            "lookup", "merge", "range", "reverse", "setintersection", "setproduct", "setunion", "slice", "sort", "values", "zipmap",
            "base64decode", "base64encode", "csvdecode", "jsondecode", "jsonencode", "urlencode", "yamldecode", "yamlencode",
            "abspath", "basename", "dirname", "file", "filebase64", "fileexists", "fileset", "pathexpand",
            "formatdate", "timeadd", "bcrypt", "md5", "rsadecrypt", "sha1", "sha256", "sha512", "uuidv4", "uuidv5",
            "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets",
        ];

        Assert.Empty(documented.Where(name => FunctionTable.Standard.Find(name) is null && FunctionTable.Standard.ReasonAgainst(name) is null));
    }
}
