using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations
{
    /// <inheritdoc />
    public partial class AddDataSets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "data_set_versions",
                columns: table => new
                {
                    ProjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    RunId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    StepId = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sha256 = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Artifact = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    Author = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_data_set_versions", x => new { x.ProjectId, x.Name, x.Version });
                });

            migrationBuilder.CreateIndex(
                name: "IX_data_set_versions_RunId_StepId",
                table: "data_set_versions",
                columns: new[] { "RunId", "StepId" });

            migrationBuilder.CreateIndex(
                name: "IX_data_set_versions_Sha256",
                table: "data_set_versions",
                column: "Sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "data_set_versions");
        }
    }
}
