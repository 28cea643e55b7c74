namespace Saas.Scheduler.Host.Cells;

/// <summary>Another leader has the cell: what is in memory is void, and nothing more may be written.</summary>
internal sealed class DeposedException(CellId cell) : Exception($"Cell {cell} has another leader.");
