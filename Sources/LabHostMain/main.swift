import LabHostCLI

await LabHost.main()
