using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations;

/// <inheritdoc />
public partial class CachedResults : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "cached_results",
            columns: table => new
            {
                ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                Key = table.Column<string>(type: "TEXT", nullable: false),
                ActivityType = table.Column<string>(type: "TEXT", nullable: false),
                RunId = table.Column<string>(type: "TEXT", nullable: false),
                Result = table.Column<string>(type: "TEXT", nullable: false),
                CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                TakenAt = table.Column<long>(type: "INTEGER", nullable: false),
                Author = table.Column<string>(type: "TEXT", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_cached_results", x => new { x.ProjectId, x.Key });
            });

        migrationBuilder.CreateIndex(
            name: "IX_cached_results_TakenAt",
            table: "cached_results",
            column: "TakenAt");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "cached_results");
    }
}
