using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations;

/// <inheritdoc />
public partial class Jobs : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "runners",
            columns: table => new
            {
                Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Session = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Labels = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Capacity = table.Column<int>(type: "integer", nullable: false),
                HasQueue = table.Column<bool>(type: "boolean", nullable: false),
                Status = table.Column<int>(type: "integer", nullable: false),
                Beat = table.Column<long>(type: "bigint", nullable: false),
                SeenAt = table.Column<long>(type: "bigint", nullable: false),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_runners", x => x.Name);
            });

        migrationBuilder.CreateTable(
            name: "step_jobs",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Step = table.Column<int>(type: "integer", nullable: false),
                Attempt = table.Column<int>(type: "integer", nullable: false),
                DefinitionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Activity = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Inputs = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Labels = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Priority = table.Column<int>(type: "integer", nullable: false),
                ConcurrencyKey = table.Column<string>(type: "text", nullable: true, collation: "C"),
                ConcurrencyLimit = table.Column<int>(type: "integer", nullable: false),
                State = table.Column<int>(type: "integer", nullable: false),
                Runner = table.Column<string>(type: "text", nullable: true, collation: "C"),
                Session = table.Column<string>(type: "text", nullable: true, collation: "C"),
                Chunk = table.Column<string>(type: "text", nullable: true, collation: "C"),
                CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                PlacedAt = table.Column<long>(type: "bigint", nullable: true),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_step_jobs", x => x.Id);
            });

        migrationBuilder.CreateTable(
            name: "step_secrets",
            columns: table => new
            {
                Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Secret = table.Column<string>(type: "text", nullable: false, collation: "C"),
                ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                Author = table.Column<string>(type: "text", nullable: false, collation: "C")
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_step_secrets", x => x.Id);
            });

        migrationBuilder.CreateIndex(
            name: "IX_step_jobs_RunId",
            table: "step_jobs",
            column: "RunId");

        migrationBuilder.CreateIndex(
            name: "IX_step_jobs_State_Runner",
            table: "step_jobs",
            columns: new[] { "State", "Runner" });
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "runners");

        migrationBuilder.DropTable(
            name: "step_jobs");

        migrationBuilder.DropTable(
            name: "step_secrets");
    }
}
