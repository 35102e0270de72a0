using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class RunFamilies : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<string>(
            name: "CorrelationId",
            table: "runs",
            type: "text",
            nullable: true,
            collation: "C");

        migrationBuilder.AddColumn<string>(
            name: "ParentRunId",
            table: "runs",
            type: "text",
            nullable: true,
            collation: "C");

        migrationBuilder.CreateIndex(
            name: "IX_runs_CorrelationId",
            table: "runs",
            column: "CorrelationId");

        migrationBuilder.CreateIndex(
            name: "IX_runs_ParentRunId",
            table: "runs",
            column: "ParentRunId");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropIndex(
            name: "IX_runs_CorrelationId",
            table: "runs");

        migrationBuilder.DropColumn(
            name: "CorrelationId",
            table: "runs");

        migrationBuilder.DropIndex(
            name: "IX_runs_ParentRunId",
            table: "runs");

        migrationBuilder.DropColumn(
            name: "ParentRunId",
            table: "runs");
    }
}
