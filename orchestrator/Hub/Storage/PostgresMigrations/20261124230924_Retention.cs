using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class Retention : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_runs_DefinitionId",
            table: "runs");

        migrationBuilder.CreateTable(
            name: "run_pins",
            columns: table => new
            {
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                At = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_run_pins", x => x.RunId);
            });

        migrationBuilder.CreateIndex(
            name: "IX_runs_DefinitionId_Id",
            table: "runs",
            columns: new[] { "DefinitionId", "Id" });

        migrationBuilder.CreateIndex(
            name: "IX_runs_Status_FinishedAt",
            table: "runs",
            columns: new[] { "Status", "FinishedAt" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "run_pins");

        migrationBuilder.DropIndex(
            name: "IX_runs_DefinitionId_Id",
            table: "runs");

        migrationBuilder.DropIndex(
            name: "IX_runs_Status_FinishedAt",
            table: "runs");

        migrationBuilder.CreateIndex(
            name: "IX_runs_DefinitionId",
            table: "runs",
            column: "DefinitionId");
    }
}
