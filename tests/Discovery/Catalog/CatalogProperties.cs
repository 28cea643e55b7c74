using FsCheck;
using FsCheck.Fluent;
using Saas.Discovery.Catalog;

namespace Saas.Discovery.Tests.Catalog;

/// <summary>What holds of a catalog after whatever was done to it.</summary>
public sealed class CatalogProperties
{
    private const string Datacenter = "dc1";

    private static readonly Arbitrary<List<CatalogStep>> Histories = Gen.ListOf(CatalogStep.Any, 40).Select(steps => steps.ToList()).ToArbitrary();

    [Fact]
    public void ACatalogHoldsWhatANaiveOneHolds() => Check(static history =>
    {
        var model = new CatalogModel();
        foreach (var (step, _, after, _, _) in Run(history))
        {
            model.Apply(step);
            Same(model.Show(), CatalogText.Of(after), step);
        }
    });

    [Fact]
    public void WhatChangesAnAnswerRaisesItsIndexAndTouchesItsTopic() => Check(static history =>
    {
        foreach (var (step, before, after, index, touched) in Run(history))
        {
            RequireIndexed(before, after, index, touched, step);
        }
    });

    [Fact]
    public void WhatSaysTheSameAgainGivesTheVerySameCatalog() => Check(static history =>
    {
        foreach (var (step, _, after, index, _) in Run(history))
        {
            var touched = new List<string>();
            var again = step.Apply(after, index + 1, touched);
            if (!ReferenceEquals(again, after) || touched.Count > 0)
            {
                throw new InvalidOperationException($"{step} changed something the second time: {string.Join(' ', touched)}");
            }
        }
    });

    [Fact]
    public void ASnapshotGivesTheCatalogBack() => Check(static history =>
    {
        foreach (var (step, _, after, _, _) in Run(history))
        {
            var restored = CatalogState.FromSnapshot(after.ToSnapshot());
            foreach (var question in CatalogAnswers.All)
            {
                Same(question.Answer(after), question.Answer(restored), (step, question));
                Same(question.IndexIn(after), question.IndexIn(restored), (step, question));
            }
        }
    });

    [Fact]
    public void ChangesSinceAnIndexBringAnotherInstanceThere()
    {
        var cases = from history in Histories.Generator from stops in Gen.ArrayOf(Gen.Frequency((1, Gen.Constant(true)), (4, Gen.Constant(false))), 40) select (history, stops);
        Prop.ForAll(cases.ToArbitrary(), static one =>
        {
            var (other, known) = (CatalogState.Empty, 0UL);
            foreach (var ((step, _, after, index, _), stops) in Run(one.history).Zip(one.stops))
            {
                if (!stops)
                {
                    continue;
                }

                var touched = new List<string>();
                var next = other.WithDelta(after.DeltaSince(known, index, Datacenter), touched);
                Same(CatalogText.Of(after), CatalogText.Of(next), step);
                RequireIndexed(other, next, index, touched, step);
                (other, known) = (next, index);
            }
        }).Check(Thorough);
    }

    private static Config Thorough => Config.QuickThrowOnFailure.WithMaxTest(300);

    private static void Check(Action<List<CatalogStep>> property) => Prop.ForAll(Histories, property).Check(Thorough);

    private static IEnumerable<(CatalogStep Step, CatalogState Before, CatalogState After, ulong Index, List<string> Touched)> Run(List<CatalogStep> history)
    {
        var (catalog, index, model) = (CatalogState.Empty, 1UL, new CatalogModel());
        foreach (var step in history.Where(model.Allows))
        {
            model.Apply(step);
            var (before, touched) = (catalog, new List<string>());
            catalog = step.Apply(before, ++index, touched);
            yield return (step, before, catalog, index, touched);
        }
    }

    private static void RequireIndexed(CatalogState before, CatalogState after, ulong index, List<string> touched, object step)
    {
        foreach (var question in CatalogAnswers.All)
        {
            var (former, latter) = (question.IndexIn(before), question.IndexIn(after));
            if (latter < former)
            {
                throw new InvalidOperationException($"{step}: the index of {question} went from {former} to {latter}");
            }

            if (question.Answer(before) != question.Answer(after) && (latter != index || !touched.Contains(question.Topic)))
            {
                throw new InvalidOperationException($"{step} at {index} changed {question} unseen: index {former} to {latter}, touched {string.Join(' ', touched)}");
            }
        }
    }

    private static void Same<T>(T expected, T actual, object at)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"{at}: expected\n{expected}\nbut was\n{actual}");
        }
    }
}
