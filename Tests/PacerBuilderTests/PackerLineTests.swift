import Testing

@testable import PacerBuilder

/// What `packer -machine-readable` prints, as packer 1.6.6 printed it.
struct PackerLineTests {
    @Test func `the image is in the artifact, not in what is said of the source`() {
        let said = "1795637534,,ui,message,    amazon-ebs.image: Found Image ID: ami-0a1b2c3d4e5f60001"
        #expect(PackerLine(said) == .said("Found Image ID: ami-0a1b2c3d4e5f60001"))
        let made = "1795637560,amazon-ebs.image,artifact,0,id,us-west-2:ami-0123456789abcdef0"
        #expect(PackerLine(made) == .image(region: "us-west-2", id: "ami-0123456789abcdef0"))
        #expect(PackerLine("1795637560,amazon-ebs.image,artifact,0,builder-id,mitchellh.amazonebs") == nil)
        #expect(PackerLine("1795637560,amazon-ebs.image,artifact,0,id,") == nil)
    }

    @Test func `an instance is known from the lines that name it`() {
        let launched = PackerLine("1,,ui,message,    amazon-ebs.image: Instance ID: i-6e3b4179d1cacfe8e")
        #expect(launched?.word(after: "Instance ID: ", beginning: "i-") == "i-6e3b4179d1cacfe8e")
        let ready = PackerLine("1,,ui,message,    amazon-ebs.image: labhost-instance i-6e3b4179d1cacfe8e")
        #expect(ready?.word(after: "labhost-instance ", beginning: "i-") == "i-6e3b4179d1cacfe8e")
        let made = PackerLine("1,,ui,message,    amazon-ebs.image: AMI: ami-a857d89bc0b94b0cf")
        #expect(made?.word(after: "AMI: ", beginning: "ami-") == "ami-a857d89bc0b94b0cf")
        #expect(
            PackerLine("1,,ui,say,x labhost-instance i-1")?.word(after: "labhost-instance ", beginning: "i-") == nil
        )
    }

    @Test func `commas and line ends of errors come back`() {
        let line = "1,,ui,error,==> amazon-ebs.image: InvalidParameterValue: a%!(PACKER_COMMA) b\\n\tstatus code: 400"
        #expect(PackerLine(line) == .failed("InvalidParameterValue: a, b\n\tstatus code: 400"))
        let summary = "1,amazon-ebs.image,error,Script exited with non-zero exit status: 1"
        #expect(PackerLine(summary) == .failed("Script exited with non-zero exit status: 1"))
    }

    @Test(arguments: ["", ",", "x,y,z", "1,2,ui", "1,,ui,say", "1,,version,1.6.6", "Error: no such file"])
    func `what is no such line says nothing`(_ line: String) {
        #expect(PackerLine(line) == nil)
    }

    @Test func `versions are told apart`() {
        #expect(PackerVersion("Packer v1.6.6")?.description == "1.6")
        #expect(PackerVersion("Packer v1.11.2\n\nYour version of Packer is out of date!") ?? .oldest > .withPlugins)
        #expect(PackerVersion("Packer v1.6.6") ?? .withPlugins < .withPlugins)
        #expect(PackerVersion("cracklib-packer: reading words") == nil)
    }
}
