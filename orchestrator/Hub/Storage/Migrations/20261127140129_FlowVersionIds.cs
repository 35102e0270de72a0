using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.Migrations
{
    /// <inheritdoc />
    public partial class FlowVersionIds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "VersionId",
                table: "flow_versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            // It stands in the file of each version.
            migrationBuilder.Sql("""UPDATE flow_versions SET "VersionId" = coalesce(json_extract("Json", '$.id'), '');""");

            migrationBuilder.CreateIndex(
                name: "IX_flow_versions_VersionId",
                table: "flow_versions",
                column: "VersionId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_flow_versions_VersionId",
                table: "flow_versions");

            migrationBuilder.DropColumn(
                name: "VersionId",
                table: "flow_versions");
        }
    }
}
