using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

/// <inheritdoc />
public partial class Backfills : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "backfill_cells",
            columns: table => new
            {
                BackfillId = table.Column<string>(type: "TEXT", nullable: false),
                Number = table.Column<int>(type: "INTEGER", nullable: false),
                Partition = table.Column<int>(type: "INTEGER", nullable: false),
                Variant = table.Column<int>(type: "INTEGER", nullable: false),
                State = table.Column<int>(type: "INTEGER", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: true),
                IsStarted = table.Column<bool>(type: "INTEGER", nullable: false),
                ClaimedAt = table.Column<long>(type: "INTEGER", nullable: true),
                Tries = table.Column<int>(type: "INTEGER", nullable: false),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_backfill_cells", x => new { x.BackfillId, x.Number });
            });

        migrationBuilder.CreateTable(
            name: "backfills",
            columns: table => new
            {
                Id = table.Column<string>(type: "TEXT", nullable: false),
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                Name = table.Column<string>(type: "TEXT", nullable: false),
                Request = table.Column<string>(type: "TEXT", nullable: false),
                State = table.Column<int>(type: "INTEGER", nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                Problem = table.Column<string>(type: "TEXT", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_backfills", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "gathered_starts",
            columns: table => new
            {
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                DefinitionId = table.Column<string>(type: "TEXT", nullable: false),
                Window = table.Column<string>(type: "TEXT", nullable: false),
                FirstAt = table.Column<long>(type: "INTEGER", nullable: false),
                DueAt = table.Column<long>(type: "INTEGER", nullable: false),
                Requests = table.Column<int>(type: "INTEGER", nullable: false),
                Request = table.Column<string>(type: "TEXT", nullable: false),
                All = table.Column<string>(type: "TEXT", nullable: true),
                ClaimedAt = table.Column<long>(type: "INTEGER", nullable: true),
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_gathered_starts", x => x.RunId);
            });

        migrationBuilder.CreateIndex(
            name: "IX_backfill_cells_BackfillId_Partition_Variant",
            table: "backfill_cells",
            columns: new[] { "BackfillId", "Partition", "Variant" });

        migrationBuilder.CreateIndex(
            name: "IX_backfill_cells_BackfillId_State_Number",
            table: "backfill_cells",
            columns: new[] { "BackfillId", "State", "Number" });

        migrationBuilder.CreateIndex(
            name: "IX_backfill_cells_RunId",
            table: "backfill_cells",
            column: "RunId");

        migrationBuilder.CreateIndex(
            name: "IX_backfills_State",
            table: "backfills",
            column: "State");

        migrationBuilder.CreateIndex(
            name: "IX_gathered_starts_DueAt",
            table: "gathered_starts",
            column: "DueAt");

        migrationBuilder.CreateIndex(
            name: "IX_gathered_starts_ProjectId_DefinitionId_Window",
            table: "gathered_starts",
            columns: new[] { "ProjectId", "DefinitionId", "Window" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "backfill_cells");

        migrationBuilder.DropTable(
            name: "backfills");

        migrationBuilder.DropTable(
            name: "gathered_starts");
    }
}
