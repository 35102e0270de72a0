using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations
{
    /// <inheritdoc />
    public partial class OutsideLineage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsBegun",
                table: "lineage_outbox",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "lineage_uses",
                columns: table => new
                {
                    ProjectId = table.Column<string>(type: "TEXT", nullable: false),
                    Data = table.Column<string>(type: "TEXT", nullable: false),
                    Run = table.Column<string>(type: "TEXT", nullable: false),
                    IsOutput = table.Column<bool>(type: "INTEGER", nullable: false),
                    Version = table.Column<string>(type: "TEXT", nullable: true),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    Author = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lineage_uses", x => new { x.ProjectId, x.Data, x.Run, x.IsOutput });
                });

            migrationBuilder.CreateIndex(
                name: "IX_lineage_events_RunId",
                table: "lineage_events",
                column: "RunId");

            migrationBuilder.CreateIndex(
                name: "IX_lineage_uses_Run",
                table: "lineage_uses",
                column: "Run");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "lineage_uses");

            migrationBuilder.DropIndex(
                name: "IX_lineage_events_RunId",
                table: "lineage_events");

            migrationBuilder.DropColumn(
                name: "IsBegun",
                table: "lineage_outbox");
        }
    }
}
