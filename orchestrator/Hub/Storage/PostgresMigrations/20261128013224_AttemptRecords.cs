using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations
{
    /// <inheritdoc />
    public partial class AttemptRecords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "attempt_artifacts",
                columns: table => new
                {
                    Sha256 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    StepId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    Use = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attempt_artifacts", x => new { x.Sha256, x.RunId, x.StepId, x.Attempt, x.Use, x.Name });
                });

            migrationBuilder.CreateTable(
                name: "attempt_records",
                columns: table => new
                {
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    StepId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    ActivityId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Record = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_attempt_records", x => new { x.RunId, x.StepId, x.Attempt });
                });

            migrationBuilder.CreateTable(
                name: "run_verdicts",
                columns: table => new
                {
                    RunId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ReproductionId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Verdict = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_run_verdicts", x => new { x.RunId, x.ReproductionId });
                });

            migrationBuilder.CreateIndex(
                name: "IX_attempt_artifacts_RunId",
                table: "attempt_artifacts",
                column: "RunId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "attempt_artifacts");

            migrationBuilder.DropTable(
                name: "attempt_records");

            migrationBuilder.DropTable(
                name: "run_verdicts");
        }
    }
}
