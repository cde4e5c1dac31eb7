import LabHostCLI

await LabHostTool.main()
