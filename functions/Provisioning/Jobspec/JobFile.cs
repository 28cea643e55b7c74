using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Hcl.Evaluation;
using Saas.Provisioning.Hcl.Functions;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;
using Saas.Provisioning.Jobspec.Mapping;
using Saas.Provisioning.Jobspec.Tables;
using Saas.Provisioning.Jobspec.Variables;

namespace Saas.Provisioning.Jobspec;

/// <summary>A job as its file says, or what is wrong with the file.</summary>
/// <param name="Job">Null where there are faults.</param>
internal sealed record JobFileResult(Job? Job, IReadOnlyList<Diagnostic> Faults);

/// <summary>
/// Nomad's job files: https://developer.hashicorp.com/nomad/docs/job-specification, read as its server reads them. Variables first,
/// then locals, then the job with both. Names that neither are stay in texts as <c>${…}</c> for the scheduler and the agent.
/// </summary>
internal sealed class JobFile
{
    /// <summary>As Nomad's server calls the text.</summary>
    public const string Name = "input.hcl";

    private static readonly string[] Blocks = ["variables", "variable", "locals", "job"];

    private readonly Faults _faults = new();
    private readonly WorkBudget _budget = new();
    private readonly Evaluator _evaluator;

    private JobFile() => _evaluator = new Evaluator(FunctionTable.Standard, _budget);

    /// <param name="text">The file.</param>
    /// <param name="variables">Values of variables, one <c>name = value</c> a line; null or empty: none.</param>
    public static JobFileResult Read(string text, string? variables)
    {
        var file = new JobFile();
        try
        {
            Job? job = null;
            file._faults.Collect(() => job = file.Decode(text, variables));
            return new JobFileResult(file._faults.Any ? null : job, file._faults.Diagnostics);
        }
        catch (HclLimitException limit)
        {
            return new JobFileResult(null, [.. file._faults.Diagnostics, limit.Diagnostic]);
        }
    }

    private Job? Decode(string text, string? variables)
    {
        var body = HclParser.ParseFile(Source(Name, text));
        var values = string.IsNullOrEmpty(variables) ? null : HclParser.ParseFile(Source("variables.hcl", variables));
        CheckOutside(body);
        var scope = ScopeOf(body, values);
        if (_faults.Any)
        {
            return null;
        }

        var jobs = body.Blocks.Where(block => block.Type == "job").ToList();
        foreach (var more in jobs.Skip(1))
        {
            _faults.Add(new Diagnostic(more.HeadRange, "Duplicate job block", $"Only one block of type \"job\" is allowed. Previous definition was at {jobs[0].HeadRange}."));
        }

        if (jobs is not [{ Labels: [var label] } job, ..])
        {
            throw jobs.Count == 0
                ? new HclException(body.EndRange, "Missing job block", "A job block is required")
                : new HclException(jobs[0].HeadRange, "Missing name for job", "All job blocks must have 1 labels (name).");
        }

        var decoded = new BodyDecoder(_evaluator, _faults).Decode(JobTables.Job, job.Body, scope);
        if (_faults.Any)
        {
            return null;
        }

        new JobNormalization(_budget).Apply(decoded, label.Text);
        return decoded.Deserialize(ProvisioningJson.Strict.Job);
    }

    private static SourceText Source(string name, string text) => text.AsSpan().TrimStart() is ['{', ..]
        ? throw new HclException(new SourceRange(new SourceText(name, text), 0, 1), "JSON is not read here", "Send a job in JSON to /v1/jobs as it is; values of variables are written name = value.")
        : new SourceText(name, text);

    private void CheckOutside(Body body)
    {
        foreach (var attribute in body.Attributes)
        {
            _faults.Add(new Diagnostic(attribute.NameRange, "Unsupported argument", $"An argument named \"{attribute.Name}\" is not expected here."));
        }

        foreach (var block in body.Blocks.Where(block => !Blocks.Contains(block.Type, StringComparer.Ordinal)))
        {
            _faults.Add(new Diagnostic(block.TypeRange, "Unsupported block type", $"Blocks of type \"{block.Type}\" are not expected here."));
        }
    }

    private Scope ScopeOf(Body body, Body? values)
    {
        var declarations = new VariableDeclarations(_evaluator, _faults);
        var locals = new LocalValues(_evaluator, _faults);
        foreach (var block in body.Blocks)
        {
            _faults.Collect(() =>
            {
                switch (block.Type)
                {
                    case "variable": declarations.Add(block); break;
                    case "variables": declarations.AddAll(block); break;
                    case "locals": locals.Add(block); break;
                }
            });
        }

        var variableValues = new VariableValues(_evaluator, _faults);
        if (values is not null)
        {
            variableValues.Assign(declarations.Variables, values);
        }

        var given = variableValues.ObjectOf(declarations.Variables);
        return _faults.Any ? Names(given, HclMapping.EmptyObject) : Names(given, locals.Evaluate(seen => Names(given, seen)));
    }

    private static Scope Names(HclMapping variables, HclMapping locals) =>
        new(null, new Dictionary<string, HclValue>(StringComparer.Ordinal) { ["var"] = variables, ["local"] = locals }) { KeepsUnknownNames = true };
}
