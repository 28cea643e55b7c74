using Spectre.Console;

namespace Saas.Benchmarks.Runner;

/// <summary>The figures and bars of one benchmark, for people.</summary>
internal static class ResultTable
{
    public static Table Of(string name, IReadOnlyList<Figure> figures, IReadOnlyList<Bar> bars)
    {
        var table = new Table().Title(Markup.Escape(name)).RoundedBorder()
            .AddColumn("What")
            .AddColumn("Median", c => c.RightAligned())
            .AddColumn("5 % - 95 %", c => c.RightAligned())
            .AddColumn("Unit")
            .AddColumn("Bar", c => c.RightAligned())
            .AddColumn("Holds");
        foreach (var figure in figures)
        {
            table.AddRow(
                Markup.Escape(figure.Name), Number(figure.Median), $"{Number(figure.Low)} - {Number(figure.High)}",
                Markup.Escape(figure.Unit), "", "");
        }

        foreach (var bar in bars)
        {
            table.AddRow(
                $"[bold]{Markup.Escape(bar.Name)}[/]", $"[bold]{Number(bar.Value)}[/]", "", Markup.Escape(bar.Unit),
                $"{(bar.IsLowerLimit ? ">=" : "<")} {Number(bar.Limit)}", bar.Holds ? "[green]yes[/]" : "[red]no[/]");
        }

        return table;
    }

    /// <summary>Three significant figures: a repetition gives no more of them again.</summary>
    private static string Number(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        var digits = 2 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits > 0
            ? value.ToString("F" + Math.Min(digits, 9))
            : (Math.Round(value * Math.Pow(10, digits)) * Math.Pow(10, -digits)).ToString("#,0");
    }
}
