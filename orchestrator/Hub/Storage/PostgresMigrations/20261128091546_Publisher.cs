using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Flows.Hub.Storage.PostgresMigrations
{
    /// <inheritdoc />
    public partial class Publisher : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "HandedTo",
                table: "people",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "Publisher",
                table: "flows",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<List<string>>(
                name: "Groups",
                table: "environments",
                type: "text[]",
                nullable: false,
                // Environments that are there already name no group.
                defaultValueSql: "'{}'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "HandedTo",
                table: "people");

            migrationBuilder.DropColumn(
                name: "Publisher",
                table: "flows");

            migrationBuilder.DropColumn(
                name: "Groups",
                table: "environments");
        }
    }
}
