using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations
{
    /// <inheritdoc />
    public partial class FlowLibrary : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LibraryId",
                table: "flows",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "LibraryVersion",
                table: "flows",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "library_flows",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    SourceId = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    Tags = table.Column<string>(type: "TEXT", nullable: false),
                    IsComponent = table.Column<bool>(type: "INTEGER", nullable: false),
                    Category = table.Column<string>(type: "TEXT", nullable: false),
                    LatestVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                    Author = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_library_flows", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "library_versions",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Notes = table.Column<string>(type: "TEXT", nullable: false),
                    Json = table.Column<string>(type: "TEXT", nullable: false),
                    Files = table.Column<string>(type: "TEXT", nullable: false),
                    Nodes = table.Column<int>(type: "INTEGER", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                    Author = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_library_versions", x => new { x.Id, x.Version });
                });

            migrationBuilder.CreateIndex(
                name: "IX_flows_LibraryId",
                table: "flows",
                column: "LibraryId");

            migrationBuilder.CreateIndex(
                name: "IX_library_flows_SourceId",
                table: "library_flows",
                column: "SourceId",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "library_flows");

            migrationBuilder.DropTable(
                name: "library_versions");

            migrationBuilder.DropIndex(
                name: "IX_flows_LibraryId",
                table: "flows");

            migrationBuilder.DropColumn(
                name: "LibraryId",
                table: "flows");

            migrationBuilder.DropColumn(
                name: "LibraryVersion",
                table: "flows");
        }
    }
}
