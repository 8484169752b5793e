#include <stdlib.h>
#include <string.h>

#include "powerbi.h"
#include "powerbi_json.h"
#include "powerbi_report.h"

static void
write_page(const mo_model *model, mo_folder *folder, const mo_page *page)
{
	mo_out		json;

	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/definition/pages/%s/page.json", model->project, page->name));
	mo_out_text(&json, "$schema", REPORT_SCHEMAS "page/2.1.0/schema.json");
	mo_out_text(&json, "name", page->name);
	mo_out_text(&json, "displayName", page->title);
	mo_out_text(&json, "displayOption", "FitToPage");
	mo_out_number(&json, "height", 720);
	mo_out_number(&json, "width", 1280);
	mo_out_finish(&json);
	mo_write_heading(model, folder, page);
	for (int i = 0; i < page->count; i++)
		mo_write_visual(model, folder, page, &page->visuals[i], i + 1);
}

/* Colours that can be told apart, also by the colour-blind, after the NHS identity. */
static void
write_theme(const mo_model *model, mo_folder *folder)
{
	static const char *const colours[] = {"#005EB8", "#ED8B00", "#768692", "#330072", "#007F3B", "#AE2573", "#41B6E6", "#7C2855"};
	mo_out		json;

	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/StaticResources/RegisteredResources/mo_dashboard_theme.json", model->project));
	mo_out_text(&json, "name", "mo_dashboard_theme");
	mo_out_array(&json, "dataColors");
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		mo_out_text(&json, NULL, colours[i]);
	mo_out_end(&json);
	mo_out_text(&json, "background", "#FFFFFF");
	mo_out_text(&json, "foreground", "#212B32");
	mo_out_text(&json, "tableAccent", "#005EB8");
	mo_out_finish(&json);
}

static void
write_report_file(const mo_model *model, mo_folder *folder)
{
	mo_out		json;

	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/definition/report.json", model->project));
	mo_out_text(&json, "$schema", REPORT_SCHEMAS "report/3.3.0/schema.json");
	mo_out_object(&json, "themeCollection");
	mo_out_object(&json, "customTheme");
	mo_out_text(&json, "name", "mo_dashboard_theme.json");
	mo_out_object(&json, "reportVersionAtImport");
	mo_out_text(&json, "visual", "2.9.0");
	mo_out_text(&json, "report", "3.3.0");
	mo_out_text(&json, "page", "2.1.0");
	mo_out_end(&json);
	mo_out_text(&json, "type", "RegisteredResources");
	mo_out_ends(&json, 2);
	mo_out_array(&json, "resourcePackages");
	mo_out_object(&json, NULL);
	mo_out_text(&json, "name", "RegisteredResources");
	mo_out_text(&json, "type", "RegisteredResources");
	mo_out_array(&json, "items");
	mo_out_object(&json, NULL);
	mo_out_text(&json, "name", "mo_dashboard_theme.json");
	mo_out_text(&json, "path", "mo_dashboard_theme.json");
	mo_out_text(&json, "type", "CustomTheme");
	mo_out_ends(&json, 4);
	mo_out_object(&json, "settings");
	mo_out_flag(&json, "useStylableVisualContainerHeader", true);
	mo_out_flag(&json, "defaultDrillFilterOtherVisuals", true);
	mo_out_text(&json, "exportDataMode", "AllowSummarized");
	mo_out_flag(&json, "allowChangeFilterTypes", true);
	mo_out_flag(&json, "useEnhancedTooltips", true);
	mo_out_finish(&json);
}

void
mo_write_report(const mo_model *model, mo_folder *folder)
{
	mo_out		json;

	mo_write_item(model, folder, "Report");
	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/definition.pbir", model->project));
	mo_out_text(&json, "$schema", MO_SCHEMAS "item/report/definitionProperties/2.0.0/schema.json");
	mo_out_text(&json, "version", "4.0");
	mo_out_object(&json, "datasetReference");
	mo_out_object(&json, "byPath");
	{
		char	   *path = mo_format("../%s.SemanticModel", model->project);

		mo_out_text(&json, "path", path);
		free(path);
	}
	mo_out_finish(&json);
	write_report_file(model, folder);
	write_theme(model, folder);
	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/definition/version.json", model->project));
	mo_out_text(&json, "$schema", REPORT_SCHEMAS "versionMetadata/1.0.0/schema.json");
	mo_out_text(&json, "version", "2.0.0");
	mo_out_finish(&json);
	mo_out_begin(&json, mo_folder_file(folder, "%s.Report/definition/pages/pages.json", model->project));
	mo_out_text(&json, "$schema", REPORT_SCHEMAS "pagesMetadata/1.1.0/schema.json");
	mo_out_array(&json, "pageOrder");
	for (int i = 0; i < mo_page_count; i++)
		if (mo_model_table(model, mo_pages[i].view) != NULL)
			mo_out_text(&json, NULL, mo_pages[i].name);
	mo_out_end(&json);
	mo_out_text(&json, "activePageName", mo_pages[0].name);
	mo_out_finish(&json);
	for (int i = 0; i < mo_page_count; i++)
		if (mo_model_table(model, mo_pages[i].view) != NULL)
			write_page(model, folder, &mo_pages[i]);
}
