using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

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
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityType = table.Column<string>(type: "text", nullable: false, collation: "C"),
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Result = table.Column<string>(type: "text", nullable: false, collation: "C"),
                CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                TakenAt = table.Column<long>(type: "bigint", nullable: false),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
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
